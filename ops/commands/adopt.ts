import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Command } from "commander";
import { exitCodes } from "../../contracts/exit-codes";
import { readBackup, writeBackup } from "../adopt/backup";
import { differences } from "../adopt/differences";
import type { Foreign } from "../adopt/entries";
import { inspect, type Clients, type Found } from "../adopt/inspect";
import { foreignEntries, keptValue } from "../adopt/kept";
import { plannedResources } from "../adopt/planned";
import { differsFrom, putBack } from "../adopt/put-back";
import { configValue, editConfig, regionOf, stackFile } from "../adopt/stack-file";
import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson, table } from "../cli/output";
import { systemArguments, type CommonOptions } from "../cli/system-arguments";
import { accessTo, callerOf, type Access } from "../estate/access";
import { systemFolder } from "../estate/pulumi-command";

interface AdoptOptions extends CommonOptions {
  region?: string;
  backup?: string;
  finish?: boolean;
  restore?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

export function addAdopt(program: Command): void {
  systemArguments(
    program
      .command("adopt")
      .description(
        "Find which queues and buckets of a system exist, save them, and have the next `up` import them unchanged",
      ),
  )
    .option("--region <region>", "where they are (default: that of the stack's configuration)")
    .option(
      "--backup <file>",
      "where they are saved (default: adopt-ENV.json in the system's folder)",
    )
    .option("--finish", "after the import: keep what the program does not know")
    .option("--restore", "put everything back as it was saved")
    .option("--dry-run", "show what would be done, and do nothing")
    .option("-y, --yes", "do not ask")
    .action(async (environment: string, system: string, options: AdoptOptions) => {
      if (options.restore === true && options.finish === true) {
        throw new OpsError(
          "--finish and --restore contradict each other: pass one of them.",
          exitCodes.configuration,
        );
      }
      const act = options.restore === true ? restore : options.finish === true ? finish : begin;
      await act(environment, system, options);
    });
}

async function begin(environment: string, system: string, options: AdoptOptions): Promise<void> {
  const { local = false, json = false, dryRun = false, yes = false } = options;
  const region = options.region ?? regionOf(environment, system);
  const stack = stackFile(environment, system);
  if (configValue(environment, system, "adopt") !== undefined) {
    throw new OpsError(
      `${system}:adopt is set already in ${stack}. Next: \`up\`, which imports them, then \`npx ops adopt ${environment} ${system} --finish\`.`,
      exitCodes.configuration,
    );
  }
  const access = { ...(await accessTo(local)), region };
  const planned = await plannedResources(environment, system, { local });
  const created = planned.filter(({ op }) => op === "create");
  const found = await inspect(created, clientsFor(access));
  const adopt = found.filter((one) => one.existing !== undefined).map(({ name }) => name);
  const backup = backupFile(environment, system, options);
  const result = { dryRun, adopt, backup, resources: found };
  if (!json) print(describe(found));
  if (adopt.length === 0) {
    const { accountId } = await callerOf(access);
    const state = planned.length - created.length;
    const place = `account ${accountId}, region ${region}`;
    if (json) printJson({ ...result, accountId, region });
    else print(nothingFound(place, found.length, state));
    return;
  }
  if (dryRun) return json ? printJson(result) : print("Nothing was changed.");
  if (existsSync(backup)) {
    throw new OpsError(
      `${backup} exists. It may be the only copy of how things were: name another file with --backup. Nothing was changed.`,
      exitCodes.configuration,
    );
  }
  await assertConfirmed(`Save them to ${backup}, and set ${system}:adopt in ${stack}?`, { yes });
  const at = new Date().toISOString();
  writeBackup(backup, { environment, system, region, at, resources: found });
  editConfig(environment, system, { adopt });
  if (json) return printJson(result);
  print(
    [
      `Saved to ${backup}. ${system}:adopt is set in ${stack}.`,
      "Next:",
      `  pulumi up -s ${environment} -C systems/${system}     imports ${adopt.length} resources and changes nothing of them`,
      `  npx ops adopt ${environment} ${system} --finish     keeps what the program does not know`,
      `  pulumi up …                     sets what differs. Its preview shows it first.`,
    ].join("\n"),
  );
}

function nothingFound(place: string, looked: number, inState: number): string {
  if (looked === 0) {
    return `Nothing to adopt: every queue and bucket of the program is in the stack already (${inState} resources). Nothing was changed.`;
  }
  const none = `None of these exists in ${place}: \`up\` creates them. If they should exist, check the account, --region and the stack.`;
  return inState === 0
    ? none
    : `${none} The stack has ${inState} other resources already. Nothing was changed.`;
}

async function finish(environment: string, system: string, options: AdoptOptions): Promise<void> {
  const { local = false, json = false, dryRun = false, yes = false } = options;
  const stack = stackFile(environment, system);
  if (configValue(environment, system, "adopt") === undefined) {
    throw new OpsError(
      `${system}:adopt is not set in ${stack}: nothing is being adopted. Begin with \`npx ops adopt ${environment} ${system}\`.`,
      exitCodes.configuration,
    );
  }
  const backup = readBackup(backupFile(environment, system, options), environment, system);
  const imported = backup.resources.filter(({ existing }) => existing !== undefined);
  const own = new Map(imported.map(({ name, inputs }) => [name, inputs]));
  const foreign = await foreignEntries(environment, system, own, { local });
  const kept = Object.fromEntries(
    Object.entries(foreign).map(([name, entries]) => [name, entries.map(keptValue)]),
  );
  if (!json) print(describeKept(foreign));
  if (dryRun) return json ? printJson({ dryRun, kept }) : print("Nothing was changed.");
  await assertConfirmed(`Write this to ${stack}, and remove ${system}:adopt?`, { yes });
  // Parts of the system may have been adopted before.
  const before = configValue(environment, system, "kept") as typeof kept | undefined;
  const all = { ...before, ...kept };
  editConfig(environment, system, {
    adopt: undefined,
    kept: Object.keys(all).length === 0 ? undefined : all,
  });
  if (json) return printJson({ dryRun, kept });
  print(
    `Next: the preview of \`up\` shows what is set. To remove something, delete it from ${system}:kept and name it in ${system}:removed, as "resource/entry".`,
  );
}

function describeKept(foreign: Readonly<Record<string, readonly Foreign[]>>): string {
  const all = Object.entries(foreign).flatMap(([name, entries]) =>
    entries.map((entry) => ({ name, ...entry })),
  );
  if (all.length === 0) return "There is nothing to keep.";
  const rows = all.map((entry) => [entry.name, JSON.stringify(keptValue(entry))]);
  const instead = all
    .filter(({ kept }) => kept === "instead")
    .map(
      ({ name, id }) =>
        `${name}/${id} is kept instead of the program's own, which differs. To have the program's, delete it from \`kept\` and name it in \`removed\`.`,
    );
  return [table(["resource", "is kept"], rows), ...instead].join("\n");
}

async function restore(environment: string, system: string, options: AdoptOptions): Promise<void> {
  const { local = false, json = false, dryRun = false, yes = false } = options;
  const backup = readBackup(backupFile(environment, system, options), environment, system);
  const clients = clientsFor({ ...(await accessTo(local)), region: backup.region });
  const steps = await differsFrom(backup, clients);
  const rows = steps.map(({ name, target, act }) => ({ name, target, act }));
  if (!json && rows.length > 0) {
    print(
      table(
        ["resource", "in AWS", ""],
        rows.map(({ name, target, act }) => [name, target, act]),
      ),
    );
  }
  if (rows.length === 0 || dryRun) {
    if (json) return printJson({ dryRun, resources: rows });
    return print(
      rows.length === 0
        ? "Everything is as it was saved. Nothing was changed."
        : "Nothing was changed.",
    );
  }
  await assertConfirmed("Put this back?", { yes });
  const { done, failed } = await putBack(steps, clients);
  if (failed.length > 0) {
    const names = done.map(({ name }) => name).join(", ");
    throw new OpsError(
      [
        `Put back: ${names === "" ? "nothing" : names}. Not put back:`,
        ...failed.map(({ name, target, reason }) => `  ${name} (${target}): ${reason}`),
        "Remove the reason, and run this again: it puts back what still differs.",
      ].join("\n"),
    );
  }
  if (json) return printJson({ dryRun, resources: rows });
  const set = ["adopt", "kept", "removed"].filter(
    (key) => configValue(environment, system, key) !== undefined,
  );
  print(
    [
      "Everything is as it was saved, but for the versions that a bucket has had since.",
      "The stack still has the resources: run `pulumi refresh`. The next `up` sets again what differs.",
      ...(set.length === 0
        ? []
        : [
            `Still set in ${stackFile(environment, system)}: ${set.map((key) => `${system}:${key}`).join(", ")}.`,
          ]),
    ].join("\n"),
  );
}

const backupFile = (environment: string, system: string, { backup }: AdoptOptions): string =>
  resolve(backup ?? join(systemFolder(system), `adopt-${environment}.json`));

const clientsFor = (access: Access): Clients => ({
  sqs: new SQSClient(access),
  s3: new S3Client({ ...access, forcePathStyle: access.endpoint !== undefined }),
});

function describe(found: readonly Found[]): string {
  return table(
    ["resource", "in AWS", "exists", "differs in"],
    found.map((one) => [
      one.name,
      one.target,
      one.existing === undefined ? "no" : "yes",
      differences(one).join(", "),
    ]),
  );
}
