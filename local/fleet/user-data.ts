import { parse } from "yaml";
import { z } from "zod";
import { bundleVariables, machinePaths } from "../../contracts/machine";
import type { BundleLocation } from "./fetch-bundle";
import { parseServiceUnit, unitEnvironment, type ServiceUnit } from "./unit-file";

/** The settings of a machine in its user data. */
export interface MachineSetup {
  /** Content of the environment file. */
  environment: string;
  unit: ServiceUnit;
  /** The hook that the machine's confirm unit completes when its worker works. Undefined without such a unit. */
  launchHook: string | undefined;
  /** The hook that its drain unit completes when its worker has ended. Undefined without such a unit. */
  terminationHook: string | undefined;
  /** Undefined if the machine sends its logs nowhere. */
  logs: { group: string; stream: string } | undefined;
}

const cloudConfig = z.object({
  write_files: z
    .array(
      z.object({
        path: z.string(),
        content: z.string().default(""),
        encoding: z.string().optional(),
      }),
    )
    .default([]),
});

/** Reads the user data (base64) of a launch template. Undefined if it does not start a worker. */
export function parseUserData(base64: string): MachineSetup | undefined {
  const text = Buffer.from(base64, "base64").toString("utf8");
  if (!text.startsWith("#cloud-config")) return undefined;
  const files = new Map(
    cloudConfig.parse(parse(text)).write_files.map((file) => [file.path, contentOf(file)]),
  );
  const variables = files.get(machinePaths.environment);
  if (variables === undefined) return undefined;

  const environment = parseEnvironmentFile(variables);
  const unit = files.get(machinePaths.workerUnit);
  const missing = Object.values(bundleVariables).filter((name) => environment[name] === undefined);
  const faults = [
    ...(unit === undefined ? [`${machinePaths.workerUnit} is not among write_files`] : []),
    ...missing.map((name) => `${name} is missing`),
  ];
  if (unit === undefined || missing.length > 0) {
    throw new Error(
      `The user data has ${machinePaths.environment} but does not start a worker: ${faults.join("; ")}`,
    );
  }
  return {
    environment: variables,
    unit: parseServiceUnit(unit),
    launchHook: hookOf(files.get(machinePaths.confirmUnit)),
    terminationHook: hookOf(files.get(machinePaths.drainUnit)),
    logs: findLogs(files, environment),
  };
}

const hookOf = (unit: string | undefined): string | undefined =>
  unit === undefined ? undefined : unitEnvironment(unit).LIFECYCLE_HOOK;

/** The bundle that an environment file names. */
export const bundleOf = (variables: Record<string, string>): BundleLocation => ({
  bucket: variables[bundleVariables.bucket] ?? "",
  key: variables[bundleVariables.key] ?? "",
  sha256: variables[bundleVariables.sha256] ?? "",
});

function contentOf(file: { content: string; encoding?: string | undefined }): string {
  return file.encoding === "b64" || file.encoding === "base64"
    ? Buffer.from(file.content, "base64").toString("utf8")
    : file.content;
}

/** As systemd reads an EnvironmentFile: comments, blank lines, quotes around a value. */
export function parseEnvironmentFile(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const assignment = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (assignment === null) continue;
    const [, name = "", value = ""] = assignment;
    variables[name] = unquote(value.trim());
  }
  return variables;
}

function unquote(value: string): string {
  if (/^'.*'$/.test(value)) return value.slice(1, -1);
  if (/^".*"$/.test(value)) return value.slice(1, -1).replace(/\\(["\\$`])/g, "$1");
  return value;
}

/** The log group in the CloudWatch agent's configuration, or else LOG_GROUP of the environment. */
function findLogs(files: Map<string, string>, environment: Record<string, string>) {
  const agent = [...files].find(([path]) => path.includes("amazon-cloudwatch-agent"))?.[1];
  const entry = agent === undefined ? undefined : findLogEntry(JSON.parse(agent));
  const group = entry?.log_group_name ?? environment.LOG_GROUP ?? environment.LOG_GROUP_NAME;
  if (group === undefined) return undefined;
  return { group, stream: entry?.log_stream_name ?? "{instance_id}" };
}

const logEntry = z.object({ log_group_name: z.string(), log_stream_name: z.string().optional() });

function findLogEntry(value: unknown): z.output<typeof logEntry> | undefined {
  if (value === null || typeof value !== "object") return undefined;
  const entry = logEntry.safeParse(value);
  if (entry.success) return entry.data;
  for (const child of Object.values(value)) {
    const found = findLogEntry(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
