import { readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { configurationFault } from "../../process/fault";

const itemType: z.ZodType<ItemType> = z.lazy(() =>
  z.object({ type: z.string(), items: itemType.optional() }),
);

/** Type of an array's elements; arrays nest. */
export interface ItemType {
  type: string;
  items?: ItemType;
}

const declaration = z.object({
  type: z.enum(["string", "integer", "boolean", "array", "object"]).optional(),
  description: z.string().optional(),
  items: itemType.optional(),
  default: z.unknown().optional(),
  value: z.unknown().optional(),
  secret: z.boolean().optional(),
});

export type ConfigDeclaration = z.output<typeof declaration>;

const plugin = z.object({
  name: z.string(),
  path: z.string(),
  version: z.string().optional(),
});

const runtimeOptions = z.object({
  typescript: z.boolean().default(true),
  tsconfig: z.string().optional(),
  nodeargs: z.string().optional(),
});

const schema = z.object({
  name: z.string().regex(/^[\w.-]{1,100}$/, "may hold letters, digits, '-', '_' and '.' only"),
  description: z.string().optional(),
  runtime: z
    .union([z.string(), z.object({ name: z.string(), options: z.unknown().optional() })])
    .transform((runtime) => (typeof runtime === "string" ? { name: runtime } : runtime))
    .pipe(
      z.object({
        name: z.literal("nodejs", "only the nodejs runtime can run here"),
        options: runtimeOptions.default({ typescript: true }),
      }),
    ),
  main: z.string().optional(),
  config: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
  stackConfigDir: z.string().optional(),
  plugins: z.object({ providers: z.array(plugin).optional() }).nullish(),
});

export interface Project {
  name: string;
  description?: string;
  /** Folder of Pulumi.yaml. */
  root: string;
  /** Folder that the program runs in and the entry point inside it; differs from root with `main`. */
  program: { directory: string; entryPoint: string };
  runtimeOptions: z.output<typeof runtimeOptions>;
  /** By fully qualified key. */
  config: Map<string, ConfigDeclaration>;
  stackFileDirectory: string;
  providerPlugins: { name: string; directory: string; version?: string }[];
}

/** A key without a prefix ("environment") belongs to the project, a key with a prefix ("aws:region") to that package.
 *  */
export const qualifiedKey = (project: string, key: string) =>
  key.includes(":") ? key : `${project}:${key}`;

/** Reads Pulumi.yaml of `directory`, or of the nearest folder above it that has one. */
export function loadProject(directory: string): Project {
  const file = findProjectFile(resolve(directory));
  const root = dirname(file);
  const document = parseDocument(readFileSync(file, "utf8"));
  if (document.errors.length > 0) {
    throw configurationFault(
      `${file} is not valid YAML:`,
      document.errors.map((error) => error.message),
    );
  }
  const parsed = schema.safeParse(document.toJS());
  if (!parsed.success) {
    throw configurationFault(
      `${file} has faults:`,
      parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    );
  }
  const { name, description, runtime, main, config, stackConfigDir, plugins } = parsed.data;
  const configDirectory = typeof config === "string" ? config : stackConfigDir;
  return {
    name,
    description,
    root,
    program: locateProgram(root, main),
    runtimeOptions: runtime.options,
    config: declarations(file, name, typeof config === "string" ? {} : (config ?? {})),
    stackFileDirectory: configDirectory === undefined ? root : resolve(root, configDirectory),
    providerPlugins: (plugins?.providers ?? []).map(({ path, ...provider }) => ({
      ...provider,
      directory: resolve(root, path),
    })),
  };
}

function findProjectFile(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    for (const name of ["Pulumi.yaml", "Pulumi.yml"]) {
      const file = join(folder, name);
      if (isFile(file)) return file;
    }
    if (dirname(folder) === folder) break;
  }
  throw configurationFault(
    `No Pulumi.yaml found in ${start} or above it; name the project's folder with -C.`,
  );
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

function locateProgram(root: string, main: string | undefined) {
  if (main === undefined || main === "") return { directory: root, entryPoint: "." };
  const path = resolve(root, main);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw configurationFault(`The project's main ${JSON.stringify(main)} does not exist.`);
  }
  return found.isDirectory()
    ? { directory: path, entryPoint: "." }
    : { directory: dirname(path), entryPoint: basename(path) };
}

/** A plain value is the short form of a default (for a key of the project) or of a value (for a key of a package). */
function declarations(file: string, project: string, config: Record<string, unknown>) {
  const faults: string[] = [];
  const result = new Map<string, ConfigDeclaration>();
  for (const [key, value] of Object.entries(config)) {
    const name = qualifiedKey(project, key);
    const own = name.startsWith(`${project}:`);
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      result.set(name, own ? { default: value } : { value });
      continue;
    }
    const parsed = declaration.safeParse(value);
    if (!parsed.success) {
      faults.push(
        ...parsed.error.issues.map(
          (issue) => `config.${[key, ...issue.path].join(".")}: ${issue.message}`,
        ),
      );
    } else if (!own && (parsed.data.type !== undefined || parsed.data.default !== undefined)) {
      faults.push(
        `config.${key}: a key of another package takes \`value\` only, neither type nor default`,
      );
    } else {
      result.set(name, parsed.data);
    }
  }
  if (faults.length > 0) throw configurationFault(`${file} has faults:`, faults);
  return result;
}
