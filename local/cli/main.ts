import { Command } from "commander";
import { addAbout } from "./commands/about";
import { addCancel } from "./commands/cancel";
import { addCloud } from "./commands/cloud";
import { addConfig } from "./commands/config";
import { addImport } from "./commands/import";
import { addLogs } from "./commands/logs";
import { addOperation } from "./commands/operation";
import { addStack } from "./commands/stack";
import { version } from "../package.json";
import { addCompletion } from "./completion";
import { exitCodeOf, exitCodes, messageOf } from "./exit";

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.success;
  const program = new Command("pulumi-local")
    .description("Deploy the program to the embedded cloud on this machine: no AWS, no Pulumi CLI")
    .version(version, "-v, --version", "print the version")
    .showHelpAfterError("(--help shows all options)")
    .exitOverride((error) => {
      throw error;
    });
  for (const verb of ["up", "preview", "refresh", "destroy"] as const) {
    addOperation(program, verb, (result) => (code = result));
  }
  addImport(program, (result) => (code = result));
  addLogs(program);
  addConfig(program);
  addStack(program);
  addCancel(program);
  addCloud(program);
  addAbout(program);
  await addCompletion(program);
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    return report(error, argv.includes("--json"));
  }
}

function report(error: unknown, json: boolean): number {
  if (isCommanderError(error)) {
    // Help ends here too, with code 0. commander has already printed its message.
    if (error.exitCode === 0) return exitCodes.success;
    if (json) answer(exitCodes.configuration, error.message);
    return exitCodes.configuration;
  }
  const code = exitCodeOf(error);
  const message = messageOf(error);
  if (json) answer(code, message);
  process.stderr.write(`error: ${message}\n`);
  return code;
}

function answer(exitCode: number, error: string): void {
  const document = { ok: false, result: "failed", exitCode, error };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

function isCommanderError(error: unknown): error is Error & { exitCode: number; code: string } {
  return error instanceof Error && "code" in error && String(error.code).startsWith("commander.");
}
