import { join } from "node:path";
import { packageRoot } from "../local/process/home";
import { errorText, runCommand } from "./pulumi-local";

/** Runs `ops` as a user does, and parses its output. */
export async function ops<Result>(
  command: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<Result> {
  const script = join(packageRoot, "ops", "bin", "ops.js");
  const run = await runCommand([script, ...command, "--local", "--json"], environment);
  if (run.exitCode !== 0) {
    throw new Error(`ops ${command.join(" ")} ended with ${run.exitCode}:\n${errorText(run)}`);
  }
  return JSON.parse(run.stdout) as Result;
}
