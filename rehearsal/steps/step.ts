import type { Deployed, SystemRun } from "../system-run";

/** A step of a system whose earlier steps recorded `Results`. */
export interface Step<Results extends Deployed = Deployed> {
  name: string;
  /** Does what the name says, checks it, and returns the result as text. Throws if the check fails.
   *  `showProgress` shows the progress of a long step. */
  run(run: SystemRun<Results>, showProgress: (text: string) => void): Promise<string>;
}

/** A step with what it runs on. */
export interface BoundStep {
  name: string;
  run(showProgress: (text: string) => void): Promise<string>;
}

/** Steps that run at the same time. */
export type Stage = readonly BoundStep[];

export const bound = <Results extends Deployed>(
  run: SystemRun<Results>,
  steps: readonly (Step<Results> | readonly Step<Results>[])[],
): Stage[] =>
  steps.map((stage) =>
    [stage].flat().map((step) => ({
      name: step.name,
      run: (showProgress) => step.run(run, showProgress),
    })),
  );

/** Throws one error with all expectations that do not hold. */
export function expectAll(expectations: Record<string, boolean>): void {
  const broken = Object.entries(expectations).filter(([, holds]) => !holds);
  if (broken.length > 0)
    throw new Error(broken.map(([what]) => `expected, but not true: ${what}`).join("\n"));
}
