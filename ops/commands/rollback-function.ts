import { LambdaClient } from "@aws-sdk/client-lambda";
import { exitCodes } from "../../contracts/exit-codes";
import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson } from "../cli/output";
import type { CommonOptions } from "../cli/system-arguments";
import { callerOf, type Access } from "../estate/access";
import { aliasedFunctions, functionOf, type AliasedFunction } from "../estate/function-of";
import type { DeployedSystem } from "../estate/system";
import {
  describeFunctionPlan,
  describeFunctionResult,
  listFunctions,
} from "../rollback/function/describe";
import { LiveFunction, type Check } from "../function/live-function";
import { planFunctionRollback, type FunctionPlan } from "../rollback/function/plan";

export interface FunctionRollbackOptions extends CommonOptions {
  to?: string;
  unchecked?: boolean;
  dryRun?: boolean;
  yes?: boolean;
  /** These two are about a fleet. */
  machine?: string[];
  fleet?: string;
}

/** Moves a function's alias back to an older version. */
export async function rollbackFunction(
  environment: string,
  { outputs, access }: DeployedSystem,
  name: string | undefined,
  options: FunctionRollbackOptions,
): Promise<number> {
  const began = Date.now();
  const { json = false, dryRun = false, yes = false, unchecked = false } = options;
  assertOfFunctions(options);
  const { system } = outputs;
  const lambda = new LambdaClient(access);
  const one =
    name === undefined
      ? await onlyFunction(lambda, system, aliasedFunctions(outputs))
      : functionOf(outputs, name);
  const live = new LiveFunction(lambda, one.name, one.alias);
  const [state, versions] = await Promise.all([live.state(), live.versions()]);
  const plan = planFunctionRollback({ state, versions, to: options.to });
  const check: Check = plan.isDone ? { answers: true } : await live.check(plan.to.number);

  const subject = { environment, system, functionName: one.name, alias: one.alias };
  if (!json) print(describeFunctionPlan(plan, check, subject));
  if (dryRun || plan.isDone) {
    if (json) printJson({ dryRun, ...subject, plan, check });
    return exitCodes.success;
  }
  if (!unchecked) assertAnswers(check, plan);
  await assertConfirmed(`Roll ${one.name} back to version ${plan.to.number}?`, { yes });
  await live.move(plan.to.number, state, { isChecked: check.answers });
  const moved = await audited(access, began);
  if (json) printJson({ dryRun, ...subject, plan, check, ...moved });
  else print(describeFunctionResult(plan, { ...subject, ...moved }));
  return exitCodes.success;
}

async function audited(access: Access, began: number) {
  const seconds = (Date.now() - began) / 1000;
  // The rollback is done: who did it is no reason to fail.
  const { arn: by } = await callerOf(access).catch(() => ({ arn: "unknown" }));
  return { seconds, by, at: new Date().toISOString() };
}

function assertOfFunctions({ machine, fleet }: FunctionRollbackOptions): void {
  if (machine === undefined && fleet === undefined) return;
  throw new OpsError(
    "--machine and --fleet are about a fleet, and this is a rollback of a function: leave them out.",
    exitCodes.configuration,
  );
}

function assertAnswers(check: Check, { to }: FunctionPlan): void {
  if (check.answers) return;
  throw new OpsError(
    `Nothing was changed: version ${to.number} does not answer the check (${check.fault}). Choose another version with --to, or pass --unchecked to roll back to it all the same.`,
  );
}

/** Without a name: the only function. If there are several, says what runs, so that one can be chosen. */
async function onlyFunction(
  lambda: LambdaClient,
  system: string,
  functions: readonly AliasedFunction[],
): Promise<AliasedFunction> {
  const [only, ...others] = functions;
  if (only !== undefined && others.length === 0) return only;
  const all = await Promise.all(
    functions.map(async (one) => {
      const live = new LiveFunction(lambda, one.name, one.alias);
      const [state, versions] = await Promise.all([live.state(), live.versions()]);
      return { ...one, state, versions };
    }),
  );
  throw new OpsError(
    only === undefined
      ? `${system} has neither a fleet nor a function that could be rolled back.`
      : `Nothing was changed. Name one of the functions of ${system}:\n${listFunctions(all)}`,
    exitCodes.configuration,
  );
}
