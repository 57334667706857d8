import { join } from "node:path";
import { execa } from "execa";
import { packageRoot } from "../local/home";
import { environment, rehearsalHome } from "./rehearsal";

/** A step of the engine, as `--json` has it. */
export interface JsonStep {
  op: string;
  urn: string;
  type: string;
  detailedDiff?: Record<string, { kind: string }>;
}

export interface JsonResult {
  steps: JsonStep[];
  policyViolations: { rule: string; enforcement: string; message: string; urn?: string }[];
  changeSummary: Record<string, number>;
  outputs: Record<string, unknown>;
}

/** Runs the command as a person would. */
export function localCommand(
  command: readonly string[],
  project = join(packageRoot, "systems", "file-search"),
) {
  return execa(
    process.execPath,
    [join(packageRoot, "bin", "pulumi-local.js"), ...command, "-s", environment, "-C", project],
    { env: { PULUMI_LOCAL_HOME: rehearsalHome }, reject: false, stdin: "ignore" },
  );
}

/** The same, read as a machine would. */
export async function pulumiLocal(
  command: readonly string[],
  options: { project?: string; exitCode?: number } = {},
): Promise<JsonResult> {
  const { project, exitCode = 0 } = options;
  const run = await localCommand([...command, "--json"], project);
  if (run.exitCode !== exitCode) {
    throw new Error(
      `pulumi-local ${command.join(" ")} ended with ${run.exitCode ?? run.signal}, not ${exitCode}:\n` +
        [run.stderr, run.stdout].join("\n").trim().slice(-4000),
    );
  }
  return JSON.parse(run.stdout) as JsonResult;
}

export const policyPack = ["--policy-pack", join(packageRoot, "policy")];
