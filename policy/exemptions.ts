import type { PolicyConfigSchema, PolicyResource } from "@pulumi/policy";
import { readText } from "./unknown-values";

/** Queues a rule leaves alone, each with the reason somebody gave. */
export interface Exemption {
  queue: string;
  reason: string;
}

export const exemptSchema: PolicyConfigSchema["properties"][string] = {
  type: "array",
  description: "Queues this rule leaves alone: the name in AWS or in the program, and why.",
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
