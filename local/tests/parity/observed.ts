import { normalise } from "./normalise";

/** What an operation did, in terms that both engines share. */
export interface Observed {
  exitCode: number;
  /** What a person would read, for the message of a failed test. */
  report: string;
  /** By URN; the order of independent steps is no part of the contract. */
  steps: ObservedStep[];
  violations: ObservedViolation[];
  changes: Record<string, number>;
}

export interface ObservedStep {
  op: string;
  urn: string;
  inputs: unknown;
  /** By property path: what kind of change, and whether inputs or states were compared. */
  detailedDiff: unknown;
  /** Paths that force a replacement. */
  replaceKeys: unknown;
}

export interface ObservedViolation {
  rule: string;
  level: string;
  severity: string | undefined;
  urn: string | undefined;
  message: string;
}

/** Sorted, and without what belongs to the run. Steps and resources go by their URN, so that a difference says where
 *  it is; one URN has several steps in a replacement. */
export function comparable(observed: Observed, account: string) {
  const { changes, steps, violations } = normalise(observed, account) as Observed;
  return {
    changes: Object.fromEntries(Object.entries(changes).filter(([, count]) => count > 0)),
    steps: Object.fromEntries(steps.map(({ urn, op, ...step }) => [`${op} ${urn}`, step])),
    violations: Object.fromEntries(
      violations.map(({ rule, urn, message, ...rest }) => [
        `${rule} of ${urn}: ${message.trimEnd()}`,
        rest,
      ]),
    ),
  };
}
