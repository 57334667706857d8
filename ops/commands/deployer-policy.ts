import { Option, type Command } from "commander";
import { lookUps, purposes, type Purpose } from "../check/needs";
import { policiesFor } from "../check/policies";
import { checkedRegion, rightsOfSystem } from "../check/system-needs";
import { OpsError } from "../cli/fault";
import { printJson } from "../cli/output";
import { systemArguments, type CommonOptions } from "../cli/system-arguments";
import { accessTo, callerOf } from "../estate/access";

interface DeployerPolicyOptions extends CommonOptions {
  region?: string;
  for: Purpose;
}

export function addDeployerPolicy(program: Command): void {
  systemArguments(
    program
      .command("deployer-policy")
      .description(
        "The IAM policies of a role that runs `up`: exactly the rights that `ops check` asks for",
      ),
  )
    .option("--region <region>", "where it is (default: that of the stack's configuration)")
    .addOption(
      new Option("--for <purpose>", "what the role is for").choices([...purposes]).default("up"),
    )
    .action(deployerPolicy);
}

async function deployerPolicy(
  environment: string,
  system: string,
  options: DeployerPolicyOptions,
): Promise<void> {
  const { local = false } = options;
  const subject = { environment, system };
  const region = checkedRegion(subject, options.region);
  const { arn, accountId } = await callerOf({ ...(await accessTo(local)), region });
  const place = { partition: arn.split(":")[1] ?? "aws", region, accountId };
  const { needs, unknown } = await rightsOfSystem(subject, place, { local });
  if (unknown.length > 0) {
    throw new OpsError(
      `The actions of these types are not known here: ${unknown.join(", ")}. Add them to ops/check/rights-by-type.ts.`,
    );
  }
  const wanted = [...(await lookUps(place)), ...needs].filter((need) =>
    need.for.includes(options.for),
  );
  printJson(policiesFor(wanted));
}
