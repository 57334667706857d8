import { SSMClient } from "@aws-sdk/client-ssm";
import type { Command } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import { shortHash } from "../../contracts/release";
import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson, table } from "../cli/output";
import { systemArguments, type CommonOptions } from "../cli/system-arguments";
import { fleetOf } from "../estate/fleet-of";
import { deployedSystem } from "../estate/system";
import { HoldParameter } from "../hold/hold-parameter";

interface HoldOptions extends CommonOptions {
  fleet?: string;
}

export function addReleaseHold(program: Command): void {
  const group = program
    .command("release-hold")
    .description("The bundles that `up` refuses, because they were rolled back");
  systemArguments(group.command("show").description("List them"))
    .option("--fleet <name>", "which fleet, if the system has more than one")
    .action(show);
  systemArguments(group.command("lift").description("Allow a bundle again"))
    .argument("<hash>", "first digits of the bundle")
    .option("--fleet <name>", "which fleet, if the system has more than one")
    .option("--dry-run", "show what would be done, and do nothing")
    .option("-y, --yes", "do not ask")
    .action(lift);
}

async function show(environment: string, system: string, options: HoldOptions): Promise<void> {
  const hold = await (await parameter(environment, system, options)).read();
  if (options.json === true) return printJson(hold);
  if (hold.length === 0) return print("No bundle is held.");
  print(
    table(
      ["held", "runs instead", "since", "by", "reason"],
      hold.map(({ bundle, runs, since, by, reason = "" }) => [
        shortHash(bundle),
        shortHash(runs),
        since,
        by,
        reason,
      ]),
    ),
  );
}

async function lift(
  environment: string,
  system: string,
  hash: string,
  options: HoldOptions & { yes?: boolean; dryRun?: boolean },
): Promise<void> {
  const { json = false, yes = false, dryRun = false } = options;
  const held = await parameter(environment, system, options);
  const hold = await held.read();
  const lifted = hold.filter(({ bundle }) => bundle.startsWith(hash.toLowerCase()));
  const [only] = lifted;
  if (only === undefined || lifted.length > 1) {
    const all = hold.map(({ bundle }) => shortHash(bundle)).join(", ");
    throw new OpsError(
      lifted.length > 1
        ? `More than one held bundle begins with ${hash}: ${all}. Give more digits.`
        : `No held bundle begins with ${hash}. Held: ${all === "" ? "none" : all}.`,
      exitCodes.configuration,
    );
  }
  const name = shortHash(only.bundle);
  const told = `\`up\` may deploy ${name} again`;
  if (dryRun) return json ? printJson({ dryRun, lifted: only }) : print(`Would be: ${told}.`);
  await assertConfirmed(`Lift the hold on ${name}, so that ${told}?`, { yes });
  await held.write(hold.filter((one) => one !== only));
  if (json) printJson({ dryRun, lifted: only });
  else print(`Lifted: ${told}.`);
}

async function parameter(
  environment: string,
  system: string,
  { local = false, fleet }: HoldOptions,
): Promise<HoldParameter> {
  const { outputs, access } = await deployedSystem(environment, system, { local });
  return new HoldParameter(new SSMClient(access), fleetOf(outputs, fleet).release.holdParameter);
}
