import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { EC2Client } from "@aws-sdk/client-ec2";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { SSMClient } from "@aws-sdk/client-ssm";
import { InvalidArgumentError, type Command } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import { bundleKey } from "../../contracts/release";
import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson, progress } from "../cli/output";
import { systemArguments } from "../cli/system-arguments";
import { callerOf, s3For, type Access } from "../estate/access";
import { fleetOf } from "../estate/fleet-of";
import { deployedSystem, type DeployedSystem } from "../estate/system";
import { Group } from "../fleet/group";
import { onlineMachines } from "../fleet/switch-bundle";
import { HoldParameter } from "../hold/hold-parameter";
import { carryOut } from "../rollback/carry-out";
import { describePlan, describeResult } from "../rollback/describe";
import { planRollback, type RollbackPlan } from "../rollback/plan";
import { rollbackFunction, type FunctionRollbackOptions } from "./rollback-function";

interface RollbackOptions extends FunctionRollbackOptions {
  graceSeconds: number;
  reason?: string;
}

const wholeSeconds = (text: string): number => {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Whole seconds are allowed, from 0 to 9999.");
};

export function addRollback(program: Command, ended: (code: number) => void): void {
  systemArguments(
    program
      .command("rollback")
      .description(
        "Switch the running machines of a fleet, and machines to come, back to an older bundle, or a function's alias to an older version",
      ),
  )
    .argument("[function]", "a function of the system, if not its fleet is meant")
    .option(
      "--to <hash>",
      "first digits of the bundle (default: the last one known to be good), or a function's version (default: the one before)",
    )
    .option("--machine <id...>", "only these machines; group and hold are not changed")
    .option("--fleet <name>", "which fleet, if the system has more than one")
    .option("--grace-seconds <n>", "time that running work has to finish", wholeSeconds, 60)
    .option("--reason <text>", "stored with the hold")
    .option("--unchecked", "also to a version of a function that does not answer the check")
    .option("--dry-run", "show what would be done, and do nothing")
    .option("-y, --yes", "do not ask")
    .action(
      async (
        environment: string,
        system: string,
        name: string | undefined,
        options: RollbackOptions,
      ) => {
        ended(await rollback(environment, system, name, options));
      },
    );
}

async function rollback(
  environment: string,
  system: string,
  functionName: string | undefined,
  options: RollbackOptions,
): Promise<number> {
  const { local = false } = options;
  const deployed = await deployedSystem(environment, system, { local });
  const hasFleet = Object.keys(deployed.outputs.fleets).length > 0;
  return functionName === undefined && hasFleet
    ? rollbackFleet(environment, system, deployed, options)
    : rollbackFunction(environment, deployed, functionName, options);
}

async function rollbackFleet(
  environment: string,
  system: string,
  { outputs, access }: DeployedSystem,
  options: RollbackOptions,
): Promise<number> {
  const began = Date.now();
  const { json = false, dryRun = false, yes = false, graceSeconds } = options;
  const fleet = fleetOf(outputs, options.fleet);
  const ssm = new SSMClient(access);
  const clients = { autoScaling: new AutoScalingClient(access), ec2: new EC2Client(access) };
  const group = new Group(clients, fleet.autoScalingGroupName, fleet.launchTemplateId);
  const hold = new HoldParameter(ssm, fleet.release.holdParameter);
  const [state, held, caller] = await Promise.all([group.read(), hold.read(), callerOf(access)]);
  const ids = state.machines.map(({ id }) => id);
  const online = await onlineMachines(ssm, ids);
  const plan = planRollback({ state, held, online, to: options.to, machines: options.machine });
  await assertBundleExists(access, fleet.bundle.bucket, plan);

  const subject = { environment, system, group: group.name, graceSeconds };
  if (!json) print(describePlan(plan, subject));
  if (dryRun) {
    if (json) printJson({ dryRun: true, ...subject, plan });
    return exitCodes.success;
  }
  await assertConfirmed(`Roll ${system} ${environment} back?`, { yes });
  const machines = await carryOut(plan, state.versions, {
    ...{ group, ssm, hold, graceSeconds, progress },
    documentName: fleet.release.documentName,
    reason: { by: caller.arn, reason: options.reason },
  });
  const seconds = (Date.now() - began) / 1000;
  if (json) printJson({ dryRun: false, ...subject, plan, machines, seconds });
  else print(describeResult(plan, machines, { ...subject, seconds }));
  return machines.every(({ ok }) => ok) ? exitCodes.success : exitCodes.error;
}

/** Every machine would refuse a bundle that is gone. */
async function assertBundleExists(access: Access, bucket: string, { to }: RollbackPlan) {
  const Key = bundleKey(to.bundle);
  try {
    await s3For(access).send(new HeadObjectCommand({ Bucket: bucket, Key }));
  } catch (error) {
    throw new OpsError(
      `s3://${bucket}/${Key} cannot be read (${error instanceof Error ? error.name : String(error)}): no machine could fetch this bundle. Nothing was changed. Choose another bundle with --to.`,
    );
  }
}
