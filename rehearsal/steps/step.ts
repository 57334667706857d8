import type { Rehearsal } from "../rehearsal";

export interface Step {
  name: string;
  /** Does what the name says, makes sure of it, and says what it saw; throws when it is not so.
   *  `tell` shows progress of a long step. */
  run(rehearsal: Rehearsal, tell: (progress: string) => void): Promise<string>;
}

/** All that is wrong at once, or nothing. */
export function expectAll(expectations: Record<string, boolean>): void {
  const broken = Object.entries(expectations).filter(([, holds]) => !holds);
  if (broken.length > 0) throw new Error(broken.map(([what]) => `not so: ${what}`).join("\n"));
}
