import { createHash, randomBytes } from "node:crypto";
import type { NameRule } from "./resource-type";

/** `<logical name>-<7 hex>` within the service's rules; the same seed gives the same name, so that a
 *  preview and the update after it agree. */
export function generateName(
  rule: NameRule,
  logicalName: string,
  seed: Uint8Array,
  inputs: Record<string, unknown>,
): string {
  const hex = (
    seed.length > 0
      ? createHash("sha256").update(seed).digest("hex")
      : randomBytes(8).toString("hex")
  ).slice(0, 7);
  const adapt = (name: string) => rule.adapt?.(name, inputs) ?? name;
  const overhead = adapt("").length + hex.length + 1;
  return adapt(`${logicalName.slice(0, rule.maxLength - overhead)}-${hex}`);
}

let last = 0n;

/** `<prefix><26 digits>`, increasing with time, as Terraform completes a name prefix. */
export function completePrefix(
  rule: NameRule,
  prefix: string,
  inputs: Record<string, unknown>,
): string {
  const now = BigInt(Date.now()) * 1_000_000_000_000n;
  last = now > last ? now : last + 1n;
  const digits = last.toString().slice(0, 26).padStart(26, "0");
  const adapt = (name: string) => rule.adapt?.(name, inputs) ?? name;
  return adapt(`${prefix}${digits}`);
}
