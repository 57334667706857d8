import { ownName, statementsOf } from "../contracts/adoption";
import { withKept } from "./adoption";

/** A statement by whose Sid the program knows it again. */
export const ownStatement = <Statement extends Record<string, unknown>>(
  prefix: string,
  statement: Statement,
) => ({
  Sid: ownName(prefix, { value: statement, exact: true }),
  ...statement,
});

/** A policy with the program's statements and those that are kept. A policy has each Sid once. */
export function policyWith(own: readonly object[], kept: readonly unknown[] = []): string {
  const entries = (Statement: readonly unknown[]) => statementsOf(JSON.stringify({ Statement }));
  // The same twice would have the same Sid twice.
  const once = new Map(entries(own).map((entry) => [entry.id, entry]));
  const Statement = withKept([...once.values()], entries(kept)).map(({ value }) => value);
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
