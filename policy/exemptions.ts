import type { PolicyConfigSchema, PolicyResource } from "@pulumi/policy";
import { readText } from "./unknown-values";

type Exempted = "queue" | "function";

/** A resource that a rule does not check, and the reason. */
export type Exemption<Kind extends Exempted> = Record<Kind | "reason", string>;

export const exemptSchema = (kind: Exempted): PolicyConfigSchema["properties"][string] => ({
  type: "array",
  description: `Each ${kind} that this rule does not check: the name in AWS or in the program, and the reason.`,
  items: {
    type: "object",
    properties: {
      [kind]: { type: "string", minLength: 1 },
      reason: { type: "string", minLength: 10 },
    },
    required: [kind, "reason"],
    additionalProperties: false,
  },
});

export function isExempt<Kind extends Exempted>(
  kind: Kind,
  resource: PolicyResource,
  exemptions: Exemption<Kind>[],
): boolean {
  const names = [resource.name, readText(resource, "name")];
  return exemptions.some((exemption) => names.includes(exemption[kind]));
}
