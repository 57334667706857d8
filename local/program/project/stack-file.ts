import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument, Document } from "yaml";
import { z } from "zod";
import { writeFileAtomically } from "../../state/atomic-file";
import { configurationFault } from "../../process/fault";
import { type Project, qualifiedKey } from "./project-file";

const schema = z
  .object({
    secretsprovider: z.string().optional(),
    encryptedkey: z.string().optional(),
    encryptionsalt: z.string().optional(),
    config: z.record(z.string(), z.unknown()).nullish(),
    environment: z.unknown().optional(),
  })
  .nullable();

/** Pulumi.<stack>.yaml. */
export interface StackFile {
  path: string;
  exists: boolean;
  /** A key management service ("awskms://…"), or "passphrase", or nothing. */
  secretsProvider?: string;
  encryptionSalt?: string;
  /** By fully qualified key. `secure:` values are still encrypted. */
  config: Map<string, unknown>;
  /** The keys as they are written. */
  keys: ReadonlySet<string>;
}

export const stackFilePath = (project: Project, stack: string) =>
  join(project.stackFileDirectory, `Pulumi.${stack}.yaml`);

export function loadStackFile(project: Project, stack: string): StackFile {
  const path = stackFilePath(project, stack);
  if (!existsSync(path)) return { path, exists: false, config: new Map(), keys: new Set() };
  const parsed = schema.safeParse(readDocument(path).toJS());
  if (!parsed.success) {
    throw configurationFault(
      `${path} has faults:`,
      parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`),
    );
  }
  const file = parsed.data;
  if (file?.environment !== undefined) {
    throw configurationFault(
      `${path} imports Pulumi ESC environments, which need the Pulumi Cloud and cannot be read here; ` +
        "put the values that a local run needs under config.",
    );
  }
  return {
    path,
    exists: true,
    secretsProvider: file?.secretsprovider,
    encryptionSalt: file?.encryptionsalt,
    keys: new Set(Object.keys(file?.config ?? {})),
    config: new Map(
      Object.entries(file?.config ?? {}).map(([key, value]) => [
        qualifiedKey(project.name, key),
        value,
      ]),
    ),
  };
}

/** Stacks that the project has a configuration file for. */
export function configuredStacks(project: Project): string[] {
  if (!existsSync(project.stackFileDirectory)) return [];
  return readdirSync(project.stackFileDirectory)
    .flatMap((name) => /^Pulumi\.(.+)\.ya?ml$/.exec(name)?.[1] ?? [])
    .sort();
}

/** Sets (or, with undefined, removes) the value at a path. Comments and order do not change. `check` gets
 *  the new value of the whole key before the file is written. */
export function editStackFile(
  path: string,
  edit: { path: readonly (string | number)[]; value: unknown; encryptionSalt?: string },
  check: (value: unknown) => void = () => undefined,
): void {
  const document = existsSync(path) ? readDocument(path) : new Document({});
  document.contents ??= document.createNode({});
  if (edit.encryptionSalt !== undefined && !document.has("encryptionsalt")) {
    document.set("encryptionsalt", edit.encryptionSalt);
  }
  if (edit.value === undefined) document.deleteIn(["config", ...edit.path]);
  else document.setIn(["config", ...edit.path], edit.value);
  check((document.toJS() as { config: Record<string, unknown> }).config[String(edit.path[0])]);
  writeFileAtomically(path, document.toString({ lineWidth: 0 }), 0o644);
}

function readDocument(path: string) {
  const document = parseDocument(readFileSync(path, "utf8"));
  if (document.errors.length > 0) {
    throw configurationFault(
      `${path} is not valid YAML:`,
      document.errors.map((error) => error.message),
    );
  }
  return document;
}
