import { readFileSync } from "node:fs";
import { z } from "zod";

export const enforcementLevels = ["advisory", "mandatory", "remediate", "disabled"] as const;
export type EnforcementLevel = (typeof enforcementLevels)[number];

export interface RuleConfig {
  enforcement?: EnforcementLevel;
  properties: Record<string, unknown>;
}

/** By rule; "all" sets the enforcement level of every rule. */
export type PackConfig = Record<string, RuleConfig>;

/** The description of a rule in a pack. */
export interface RuleInfo {
  name: string;
  enforcement: EnforcementLevel;
  properties: Record<string, unknown>;
  required: string[];
}

const fileSchema = z.record(
  z.string(),
  z.union(
    [
      z.enum(enforcementLevels),
      z.looseObject({ enforcementLevel: z.enum(enforcementLevels).optional() }),
    ],
    `must be one of ${enforcementLevels.join(", ")}, or an object with the rule's settings`,
  ),
);

/** Reads the file of `--policy-pack-config`: JSON with an enforcement level or an object for each rule. */
export function readPackConfig(file: string): PackConfig {
  const text = readFileSync(file, "utf8").trim();
  if (text === "") return {};
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is not valid JSON: ${(error as Error).message}`);
  }
  const parsed = fileSchema.safeParse(content);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `  - ${issue.path.join(".")}: ${issue.message}`,
    );
    throw new Error([`${file} has faults:`, ...faults].join("\n"));
  }
  return Object.fromEntries(
    Object.entries(parsed.data).map(([rule, value]) => {
      if (typeof value === "string") return [rule, { enforcement: value, properties: {} }];
      const { enforcementLevel: enforcement, ...properties } = value;
      return [rule, { enforcement, properties }];
    }),
  );
}

/** The configuration of every rule: the defaults of its schema, overridden by the pack's program, overridden by
 *  the user's file. Throws one error with all faults of all rules. */
export function reconcilePackConfig(
  rules: readonly RuleInfo[],
  initial: PackConfig,
  given: PackConfig,
): Record<string, Required<RuleConfig>> {
  const result: Record<string, Required<RuleConfig>> = {};
  for (const { name, enforcement, properties } of rules) {
    const defaults = Object.entries(properties).flatMap(([key, schema]) => {
      const preset = (schema as { default?: unknown }).default;
      return preset === undefined ? [] : [[key, preset] as const];
    });
    result[name] = { enforcement, properties: Object.fromEntries(defaults) };
  }
  const faults = Object.keys(given)
    .filter((name) => name !== "all" && result[name] === undefined)
    .map((name) => `${name}: the pack has no such rule (it has ${Object.keys(result).join(", ")})`);
  for (const layer of [initial, given]) {
    const all = layer.all?.enforcement;
    for (const [name, config] of Object.entries(result)) {
      config.enforcement = layer[name]?.enforcement ?? all ?? config.enforcement;
      Object.assign(config.properties, layer[name]?.properties);
    }
  }
  faults.push(...rules.flatMap((rule) => schemaFaults(rule, result[rule.name]?.properties ?? {})));
  if (faults.length > 0) {
    throw new Error(
      ["The policy configuration has faults:", ...faults.map((fault) => `  - ${fault}`)].join("\n"),
    );
  }
  return result;
}

function schemaFaults(rule: RuleInfo, properties: Record<string, unknown>): string[] {
  if (Object.keys(rule.properties).length === 0 && rule.required.length === 0) return [];
  const schema = z.fromJSONSchema({
    type: "object",
    properties: rule.properties as Record<string, z.core.JSONSchema.JSONSchema>,
    required: rule.required,
  });
  const { error } = schema.safeParse(properties);
  return (error?.issues ?? []).map(
    (issue) => `${rule.name}.${issue.path.join(".")}: ${issue.message}`,
  );
}
