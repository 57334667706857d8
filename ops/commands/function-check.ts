import { LambdaClient } from "@aws-sdk/client-lambda";
import type { Command } from "commander";
import pLimit from "p-limit";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson, progress } from "../cli/output";
import { systemArguments, type CommonOptions } from "../cli/system-arguments";
import { aliasedFunctions, functionOf } from "../estate/function-of";
import { deployedSystem } from "../estate/system";
import { checkFunction, passes } from "../function/check/check-function";
import { describeChecks } from "../function/check/describe";
import { MessageChecker } from "../function/check/message-checker";

/** Functions that are checked side by side. Each may run together with the message check, and a new account has ten calls at
 *  a time in all. */
const atOnce = 4;

interface FunctionCheckOptions extends CommonOptions {
  rollBack?: boolean;
  yes?: boolean;
}

export function addFunctionCheck(program: Command, ended: (code: number) => void): void {
  const group = program.command("function").description("Work with functions");
  systemArguments(
    group
      .command("check")
      .description(
        "The check of a deployment, now: call the version that runs, and send a test message through its queues",
      ),
  )
    .argument("[function]", "one function, by its key or its name (default: all)")
    .option("--roll-back", "back to the last version that passed, if a message is not received")
    .option("-y, --yes", "do not ask before a rollback")
    .action(
      async (
        environment: string,
        system: string,
        name: string | undefined,
        options: FunctionCheckOptions,
      ) => {
        ended(await functionCheck(environment, system, name, options));
      },
    );
}

async function functionCheck(
  environment: string,
  system: string,
  name: string | undefined,
  options: FunctionCheckOptions,
): Promise<number> {
  const { local = false, json = false, rollBack = false, yes = false } = options;
  const { outputs, access } = await deployedSystem(environment, system, { local });
  const functions = name === undefined ? aliasedFunctions(outputs) : [functionOf(outputs, name)];
  const checker = MessageChecker.of(outputs, access);
  if (functions.length === 0) {
    throw new OpsError(
      `${system} has no function that is called through an alias, so there is nothing to check.`,
      exitCodes.configuration,
    );
  }
  if (rollBack) {
    assertCanRollBack(checker, system);
    const which = name ?? "every function of the system";
    await assertConfirmed(`Check ${which}, and roll back what does not receive its test message?`, {
      yes,
    });
  }
  const few = pLimit(atOnce);
  const parts = {
    lambda: new LambdaClient(access),
    queues: outputs.queues,
    ...{ checker, rollBack, progress },
  };
  const checks = await Promise.all(functions.map((one) => few(() => checkFunction(one, parts))));
  const ok = checks.every(passes);
  const subject = { environment, system, hasMessageCheck: checker !== undefined };
  if (json) printJson({ ok, ...subject, functions: checks });
  else print(describeChecks(checks, subject));
  return ok ? exitCodes.success : exitCodes.error;
}

function assertCanRollBack(checker: MessageChecker | undefined, system: string): void {
  if (checker !== undefined) return;
  throw new OpsError(
    `--roll-back is done by the message check, and ${system} has none. Leave it out, or see \`ops rollback\`.`,
    exitCodes.configuration,
  );
}
