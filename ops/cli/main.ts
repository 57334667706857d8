import { Command, CommanderError } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import { addAdopt } from "../commands/adopt";
import { addCheck } from "../commands/check";
import { addDeployerPolicy } from "../commands/deployer-policy";
import { addDlq } from "../commands/dlq";
import { addFunctionCheck } from "../commands/function-check";
import { addLoadTest } from "../commands/load-test";
import { addNames } from "../commands/names";
import { addReleaseHold } from "../commands/release-hold";
import { addRollback } from "../commands/rollback";
import { OpsError } from "./fault";
import { printJson } from "./output";

/** Runs the command line and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let code: number = exitCodes.success;
  const program = new Command("ops")
    .description("Operate the systems: what is needed when something goes wrong")
    .showHelpAfterError("(--help shows all options)")
    .exitOverride((error) => {
      throw error;
    });
  addRollback(program, (result) => (code = result));
  addReleaseHold(program);
  addDlq(program, (result) => (code = result));
  addFunctionCheck(program, (result) => (code = result));
  addLoadTest(program, (result) => (code = result));
  addNames(program);
  addAdopt(program);
  addCheck(program, (result) => (code = result));
  addDeployerPolicy(program);
  try {
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    return report(error, argv.includes("--json"));
  }
}

function faultOf(error: unknown): { code: number; message: string } {
  if (error instanceof OpsError) return { code: error.exitCode, message: error.message };
  if (!(error instanceof Error)) return { code: exitCodes.error, message: String(error) };
  if (error.name === "CredentialsProviderError") {
    return {
      code: exitCodes.authentication,
      message: `There are no AWS credentials (${error.message}). Log in, for example with \`aws sso login\` and AWS_PROFILE, or pass --local for the embedded cloud.`,
    };
  }
  return { code: exitCodes.error, message: error.message };
}

function report(error: unknown, json: boolean): number {
  // commander has printed its message already. Help ends here too, with code 0.
  const isUsage = error instanceof CommanderError;
  if (isUsage && error.exitCode === 0) return exitCodes.success;
  const { code, message } = isUsage
    ? { code: exitCodes.configuration, message: error.message }
    : faultOf(error);
  if (json) printJson({ ok: false, exitCode: code, error: message });
  if (!isUsage) process.stderr.write(`error: ${message}\n`);
  return code;
}
