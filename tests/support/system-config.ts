import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";

interface Project {
  name: string;
  config: Record<string, { default?: unknown }>;
}

const asText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

const systemsFolder = resolve(__dirname, "../../systems");

export const systemFolder = (system: string) => join(systemsFolder, system);

/** Every system: a folder with a Pulumi project. */
export const systems = (): string[] =>
  readdirSync(systemsFolder).filter((name) => existsSync(join(systemFolder(name), "Pulumi.yaml")));

/** The stacks of a system, by their files. */
export const stacksOf = (system: string): string[] =>
  readdirSync(systemFolder(system)).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

const readYaml = (system: string, file: string): unknown =>
  parse(readFileSync(join(systemFolder(system), file), "utf8"));
const readProject = (system: string) => readYaml(system, "Pulumi.yaml") as Project;

/** A project file as another folder needs it: its program stays where it is, and so does what starts it. */
export function projectElsewhere(folder: string): Record<string, unknown> {
  const text = readFileSync(join(folder, "Pulumi.yaml"), "utf8");
  return {
    ...(parse(text.replace("-r ../", `-r ${folder}/../`)) as object),
    main: folder,
  };
}

/** The values of a stack's file, as they stand there. */
export const stackValues = (system: string, stack: string): Record<string, unknown> =>
  (readYaml(system, `Pulumi.${stack}.yaml`) as { config: Record<string, unknown> }).config;

/** A stack's configuration as the CLI hands it to the program: the project's defaults under the stack's
 *  own values, fully qualified. */
export function stackConfig(system: string, stack: string): Record<string, string> {
  const own = Object.entries(stackValues(system, stack)).map(
    ([key, value]) => [key, asText(value)] as const,
  );
  return { ...projectDefaults(system), ...Object.fromEntries(own) };
}

/** The defaults of Pulumi.yaml as the CLI hands them to the program, fully qualified. */
export function projectDefaults(system: string): Record<string, string> {
  const { name, config } = readProject(system);
  const defaults = Object.entries(config).filter(([, declared]) => declared.default !== undefined);
  return Object.fromEntries(
    defaults.map(([key, declared]) => [`${name}:${key}`, asText(declared.default)]),
  );
}

/** The keys that a project declares. */
export const projectConfigKeys = (system: string): string[] =>
  Object.keys(readProject(system).config);

/** The keys that a project's comment lists, because they may be left out. */
export const optionalConfigKeys = (system: string): string[] => {
  const text = readFileSync(join(systemFolder(system), "Pulumi.yaml"), "utf8");
  return [...text.matchAll(/^ +# {3}(\w+) /gm)].map(([, key]) => key!);
};
