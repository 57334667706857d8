import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Project {
  name: string;
  config: Record<string, { default?: unknown }>;
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

/** A stack's configuration as the CLI hands it to the program: the project's defaults under the stack's
 *  own values, fully qualified. */
export function stackConfig(system: string, stack: string): Record<string, string> {
  const folder = join(__dirname, "../../systems", system);
  const read = (file: string): unknown => parse(readFileSync(join(folder, file), "utf8"));
  const project = read("Pulumi.yaml") as Project;
  const { config } = read(`Pulumi.${stack}.yaml`) as { config: Record<string, unknown> };
  const defaults = Object.entries(project.config)
    .filter(([, declaration]) => declaration.default !== undefined)
    .map(([key, declaration]) => [`${project.name}:${key}`, declaration.default] as const);
  const values = [...defaults, ...Object.entries(config)];
  return Object.fromEntries(values.map(([key, value]) => [key, asText(value)]));
}
