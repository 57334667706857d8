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
  /** The rule cannot decide yet. `message` says what is unknown. */
  undecided(resource: PolicyResource, message: string): void;
}

export interface StackRule<Settings extends object> {
  name: string;
  description: string;
  severity: Severity;
  enforcementLevel: "mandatory" | "advisory";
  /** Why the rule exists: a documentation page, a quota or an incident. */
  reason: string;
  settings: { defaults: Settings; schema: PolicyConfigSchema["properties"] };
  judge(resources: PolicyResource[], settings: Settings, findings: Findings): void;
}

/** Rules check the whole stack, not single resources. Only then can they follow dependencies where a value is not
 *  known yet, and so decide already in the first preview of a new stack. */
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
