import { IAMClient } from "@aws-sdk/client-iam";
import type { Command } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import { givenContext } from "../check/context";
import { missingTable, summary } from "../check/describe";
import { lookUps, type Need } from "../check/needs";
import { principalOf } from "../check/principal";
import { missingRights, type Missing, type Question } from "../check/simulate";
import { checkedRegion, rightsOfSystem } from "../check/system-needs";
import { OpsError } from "../cli/fault";
import { print, printJson } from "../cli/output";
import { systemArguments, type CommonOptions } from "../cli/system-arguments";
import { accessTo, callerOf } from "../estate/access";

interface CheckOptions extends CommonOptions {
  region?: string;
  principal?: string;
  context?: string[];
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
    .option("--context <key=value...>", "condition keys of the requests, such as aws:SourceIp")
    .action(async (environment: string, system: string, options: CheckOptions) => {
      ended(await check(environment, system, options));
    });
}

async function check(environment: string, system: string, options: CheckOptions): Promise<number> {
  const { local = false, json = false } = options;
  const given = await givenContext(options.context ?? []);
  const subject = { environment, system };
  const region = checkedRegion(subject, options.region);
  const access = { ...(await accessTo(local)), region };
  const iam = new IAMClient(access);
  const { arn, accountId } = await callerOf(access);
  const principal = await principalOf(iam, arn, options.principal);
  const place = { partition: arn.split(":")[1] ?? "aws", region, accountId };
  const question = {
    principal,
    context: { "aws:PrincipalArn": principal, "aws:PrincipalAccount": accountId, ...given },
  };

  // Without these there is no preview, and so no list of the others.
  const first = await lookUps(place);
  const [rights, missingFirst] = await Promise.all([
    rightsOfSystem(subject, place, { local }).catch((error: Error) => error),
    ask(iam, first, question),
  ]);
  if (rights instanceof Error) throw withMissing(rights, missingFirst);
  const { needs, unknown } = rights;
  const missing = [...missingFirst, ...(await ask(iam, needs, question))];
  const all = [...first, ...needs];

  if (json) {
    printJson({ principal, checked: all.length, missing, unknown });
  } else {
    if (missing.length > 0) print(`${missingTable(missing)}\n`);
    for (const type of unknown) print(`Not checked: ${type}, whose actions are not known here.`);
    print(summary(principal, all, missing));
  }
  return missing.length === 0 ? exitCodes.success : exitCodes.error;
}

async function ask(iam: IAMClient, needs: readonly Need[], question: Question) {
  return missingRights(iam, needs, question).catch((error: Error) => {
    throw new OpsError(
      `IAM does not say what ${question.principal} may do: ${error.message}. Nothing was checked. Whoever runs this command needs iam:SimulatePrincipalPolicy on it.`,
    );
  });
}

/** The preview may have failed because of what is missing. */
function withMissing(error: Error, missing: readonly Missing[]): Error {
  if (missing.length === 0) return error;
  const text = `${error.message}\n\nOf what the preview needs, these rights are missing; the others could not be checked:\n\n${missingTable(missing)}`;
  return new OpsError(text, error instanceof OpsError ? error.exitCode : exitCodes.error);
}
