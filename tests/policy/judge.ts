import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import * as policy from "@pulumi/policy";
import { rules } from "../../policy/rules";
import type { DeclaredStack, Moment } from "./declared-stack";
import { resourcesOf } from "./declared-stack";

const { UnknownValueError } = policy as unknown as { UnknownValueError: new () => Error };

export interface Verdict {
  violations: { message: string; resource: string }[];
  /** What the rule cannot decide. The SDK turns this into an advisory note. */
  undecided: string;
}

type Rule = StackValidationPolicy & Partial<ResourceValidationPolicy>;

/** Runs a rule as the policy SDK does: on the inputs of every resource, and then on the whole stack. Returns the
 *  violations and, if the rule threw because of unknown values, its message. */
export async function judge(
  rule: Rule,
  stack: DeclaredStack,
  moment: Moment = "deployed",
  config: object = {},
): Promise<Verdict> {
  const verdict: Verdict = { violations: [], undecided: "" };
  const report = (message: string, urn?: string) =>
    verdict.violations.push({ message, resource: urn?.split("::").at(-1) ?? "" });
  const common = {
    stackTags: new Map<string, string>(),
    getConfig: <T extends object>() => config as T,
    notApplicable: (reason?: string) => {
      throw new Error(reason);
    },
  };
  try {
    const declared = stack.map(({ outputs: _, ...inputs }) => inputs);
    for (const resource of resourcesOf(declared, moment)) {
      for (const validate of [rule.validateResource ?? []].flat()) {
        await validate({ ...resource, ...common, asType: () => undefined }, report);
      }
    }
    await rule.validateStack({ ...common, resources: resourcesOf(stack, moment) }, report);
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
