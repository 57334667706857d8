import type { PolicyConfigSchema, PolicyResource } from "@pulumi/policy";
import { readText } from "./unknown-values";

/** A queue that a rule does not check, and the reason. */
export interface Exemption {
  queue: string;
  reason: string;
}

export const exemptSchema: PolicyConfigSchema["properties"][string] = {
  type: "array",
  description:
    "Queues that this rule does not check: the name in AWS or in the program, and the reason.",
  items: {
    type: "object",
    properties: {
      queue: { type: "string", minLength: 1 },
      reason: { type: "string", minLength: 10 },
    },
    required: ["queue", "reason"],
    additionalProperties: false,
  },
};

export function isExempt(queue: PolicyResource, exemptions: Exemption[]): boolean {
  const names = [queue.name, readText(queue, "name")];
  return exemptions.some((exemption) => names.includes(exemption.queue));
}
