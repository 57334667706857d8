import type { StackValidationPolicy } from "@pulumi/policy";
import * as policy from "@pulumi/policy";
import { rules } from "../../policy/rules";
import type { DeclaredStack, Moment } from "./declared-stack";
import { resourcesOf } from "./declared-stack";

const { UnknownValueError } = policy as unknown as { UnknownValueError: new () => Error };

export interface Verdict {
  violations: { message: string; resource: string }[];
  /** What the rule says it cannot decide; the SDK turns this into an advisory note. */
  undecided: string;
}

/** Runs a rule as the policy SDK does: its violations, and the unknown value it stopped at, if any. */
export async function judge(
  rule: StackValidationPolicy,
  stack: DeclaredStack,
  moment: Moment = "deployed",
  config: object = {},
): Promise<Verdict> {
  const verdict: Verdict = { violations: [], undecided: "" };
  try {
    await rule.validateStack(
      {
        resources: resourcesOf(stack, moment),
        stackTags: new Map(),
        getConfig: <T extends object>() => config as T,
        notApplicable: (reason) => {
          throw new Error(reason);
        },
      },
      (message, urn) =>
        verdict.violations.push({ message, resource: urn?.split("::").at(-1) ?? "" }),
    );
  } catch (error) {
    if (!(error instanceof UnknownValueError)) throw error;
    verdict.undecided = error.message;
  }
  return verdict;
}

/** The names of the rules that a stack breaks. */
export async function brokenRules(stack: DeclaredStack, moment: Moment): Promise<string[]> {
  const verdicts = await Promise.all(
    rules.map(async (rule) => ({ rule, ...(await judge(rule, stack, moment)) })),
  );
  return verdicts.filter(({ violations }) => violations.length > 0).map(({ rule }) => rule.name);
}
