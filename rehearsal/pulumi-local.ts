import { execFile } from "node:child_process";
import { join } from "node:path";
import { packageRoot } from "../local/process/home";
import { environment, rehearsalHome } from "./rehearsal";

/** A step of the engine in the output of `--json`. */
export interface JsonStep {
  op: string;
  urn: string;
  type: string;
  detailedDiff?: Record<string, { kind: string }>;
}

export interface JsonResult {
  exitCode: number;
  steps: JsonStep[];
  policyViolations: { rule: string; enforcement: string; message: string; urn?: string }[];
  diagnostics: { severity: string; message: string; urn?: string }[];
  changeSummary: Record<string, number>;
  outputs: Record<string, unknown>;
}

export interface CommandEnd {
  exitCode: number | string | null | undefined;
  stdout: string;
  stderr: string;
}

export interface Project {
  /** Its folder. */
  project: string;
  /** The credentials of who deploys it; by default those of the account's root. */
  deployer?: NodeJS.ProcessEnv;
  /** The home of the cloud; by default the rehearsal's. */
  home?: string;
}

/** Runs the command as a user does. */
export function localCommand(
  { project, deployer, home = rehearsalHome }: Project,
  command: readonly string[],
): Promise<CommandEnd> {
  const script = join(packageRoot, "local", "bin", "pulumi-local.js");
  return runCommand([script, ...command, "-s", environment, "-C", project], {
    ...deployer,
    PULUMI_LOCAL_HOME: home,
  });
}

/** Runs a script of this project, by default with the rehearsal's cloud. */
export function runCommand(
  parameters: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<CommandEnd> {
  const env = { ...process.env, PULUMI_LOCAL_HOME: rehearsalHome, ...more };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      parameters,
      { env, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({ exitCode: error === null ? 0 : (error.code ?? error.signal), stdout, stderr }),
    );
    child.stdin?.end();
  });
}

/** Runs the command with `--json` and parses its output. */
export async function pulumiLocal(
  system: Project,
  command: readonly string[],
  { exitCode = 0 }: { exitCode?: number } = {},
): Promise<JsonResult> {
  const run = await localCommand(system, [...command, "--json"]);
  if (run.exitCode !== exitCode) {
    throw new Error(
      `pulumi-local ${command.join(" ")} ended with ${run.exitCode}, not ${exitCode}:\n${errorText(run)}`,
    );
  }
  return JSON.parse(run.stdout) as JsonResult;
}

/** The errors and policy violations in the JSON output, or else the end of the printed text. */
export function errorText({ stdout, stderr }: CommandEnd): string {
  try {
    const { diagnostics = [], policyViolations = [] } = JSON.parse(stdout) as Partial<JsonResult>;
    const errors = [
      ...diagnostics.filter(({ severity }) => severity === "error"),
      ...policyViolations.filter(({ enforcement }) => enforcement === "mandatory"),
    ];
    if (errors.length > 0) return errors.map(({ message }) => message).join("\n");
  } catch {
    // Not JSON: the command ended before it could print its result.
  }
  return `${stderr}\n${stdout}`.trim().slice(-2000);
}

export const policyPack = ["--policy-pack", join(packageRoot, "policy")];
