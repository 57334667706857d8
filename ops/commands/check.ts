import { IAMClient } from "@aws-sdk/client-iam";
import type { Command } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import { plannedResources } from "../adopt/planned";
import { regionOf } from "../adopt/stack-file";
import { neededActions } from "../check/actions";
import { deniedNeeds, principalOf } from "../check/simulate";
import { OpsError } from "../cli/fault";
import { print, printJson, table } from "../cli/output";
import { systemArguments, type CommonOptions } from "../cli/system-arguments";
import { accessTo, callerOf } from "../estate/access";

interface CheckOptions extends CommonOptions {
  region?: string;
  principal?: string;
}

export function addCheck(program: Command, ended: (code: number) => void): void {
  systemArguments(
    program
      .command("check")
      .description(
        "Before anything is changed: the rights that `up`, a release and a rollback need",
      ),
  )
    .option("--region <region>", "where it is (default: that of the stack's configuration)")
    .option("--principal <arn>", "the role or user to check (default: who runs this command)")
    .action(async (environment: string, system: string, options: CheckOptions) => {
      ended(await check(environment, system, options));
    });
}

async function check(environment: string, system: string, options: CheckOptions): Promise<number> {
  const { local = false, json = false } = options;
  const region = options.region ?? regionOf(environment, system);
  const access = { ...(await accessTo(local)), region };
  const { arn, accountId } = await callerOf(access);
  const principal = principalOf(options.principal ?? arn);
  const planned = await plannedResources(environment, system, { local });
  const partition = arn.split(":")[1] ?? "aws";
  const { needs, unknown } = neededActions(planned, { partition, region, accountId });
  const missing = await deniedNeeds(new IAMClient(access), principal, needs).catch(
    (error: Error) => {
      throw new OpsError(
        `IAM does not say what ${principal} may do: ${error.message}. Whoever runs this command needs iam:SimulatePrincipalPolicy and iam:GetContextKeysForPrincipalPolicy on it. Nothing was checked.`,
      );
    },
  );
  if (json) {
    printJson({ principal, checked: needs.length, missing, unknown });
  } else {
    if (missing.length > 0) {
      print(
        table(
          ["missing", "on", "for", "IAM says"],
          missing.map((one) => [one.action, one.resource, one.for, one.decision]),
        ),
      );
    }
    for (const type of unknown) print(`Not checked: ${type}, whose actions are not known here.`);
    print(
      `${principal} has ${needs.length - missing.length} of the ${needs.length} rights that \`up\`, a release and a rollback need. ` +
        "Not seen: conditions, service control policies and resource policies.",
    );
  }
  return missing.length === 0 ? exitCodes.success : exitCodes.error;
}
