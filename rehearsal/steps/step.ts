import type { Rehearsal } from "../rehearsal";

export interface Step {
  name: string;
  /** Does what the name says, checks it, and returns the result as text. Throws if the check fails.
   *  `showProgress` shows the progress of a long step. */
  run(rehearsal: Rehearsal, showProgress: (text: string) => void): Promise<string>;
}

/** Throws one error with all expectations that do not hold. */
export function expectAll(expectations: Record<string, boolean>): void {
  const broken = Object.entries(expectations).filter(([, holds]) => !holds);
  if (broken.length > 0)
    throw new Error(broken.map(([what]) => `expected, but not true: ${what}`).join("\n"));
}
