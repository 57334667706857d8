import type {
  PolicyConfigSchema,
  PolicyResource,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import { UndecidedError } from "./unknown-values";

export interface Findings {
  /** The stack breaks the rule. */
  violation(resource: PolicyResource, message: string): void;
  /** The rule cannot tell; `message` says what is unknown. */
  undecided(resource: PolicyResource, message: string): void;
}

export interface StackRule<Settings extends object> {
  name: string;
  description: string;
  severity: Severity;
  enforcementLevel: "mandatory" | "advisory";
  /** Where the rule comes from: a page, a quota or an incident. */
  reason: string;
  settings: { defaults: Settings; schema: PolicyConfigSchema["properties"] };
  judge(resources: PolicyResource[], settings: Settings, findings: Findings): void;
}

/** Rules judge the whole stack, not a resource at a time: only then do dependencies say what an unknown value
 *  will be, and so a rule decides in the first preview of a new stack too. */
export function stackRule<Settings extends object>(
  rule: StackRule<Settings>,
): StackValidationPolicy {
  return {
    name: rule.name,
    description: `${rule.description} ${rule.reason}`,
    severity: rule.severity,
    enforcementLevel: rule.enforcementLevel,
    configSchema: { properties: rule.settings.schema },
    validateStack: (args, reportViolation) => {
      const settings = { ...rule.settings.defaults, ...args.getConfig<Partial<Settings>>() };
      const undecided: string[] = [];
      rule.judge(args.resources, settings, {
        violation: (resource, message) => reportViolation(message, resource.urn),
        undecided: (_resource, message) => undecided.push(message),
      });
      if (undecided.length > 0) throw new UndecidedError(undecided);
    },
  };
}
