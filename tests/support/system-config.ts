import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

interface Project {
  name: string;
  config: Record<string, { default?: unknown }>;
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const readYaml = (system: string, file: string): unknown =>
  parse(readFileSync(join(__dirname, "../../systems", system, file), "utf8"));
const readProject = (system: string) => readYaml(system, "Pulumi.yaml") as Project;

/** A stack's configuration as the CLI hands it to the program: the project's defaults under the stack's
 *  own values, fully qualified. */
export function stackConfig(system: string, stack: string): Record<string, string> {
  const project = readProject(system);
  const { config } = readYaml(system, `Pulumi.${stack}.yaml`) as {
    config: Record<string, unknown>;
  };
  const defaults = Object.entries(project.config)
    .filter(([, declaration]) => declaration.default !== undefined)
    .map(([key, declaration]) => [`${project.name}:${key}`, declaration.default] as const);
  const values = [...defaults, ...Object.entries(config)];
  return Object.fromEntries(values.map(([key, value]) => [key, asText(value)]));
}

/** The keys that a project declares. */
export function projectConfigKeys(system: string): string[] {
  return Object.keys(readProject(system).config);
}
