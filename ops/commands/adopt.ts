import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Command } from "commander";
import { z } from "zod";
import { exitCodes } from "../../contracts/exit-codes";
import { differences } from "../adopt/differences";
import { inspect, inspectors, removers, type Clients, type Found } from "../adopt/inspect";
import { foreignEntries } from "../adopt/kept";
import { plannedResources } from "../adopt/planned";
import { configValue, editConfig, regionOf, stackFile } from "../adopt/stack-file";
import { OpsError } from "../cli/fault";
import { assertConfirmed, print, printJson, table } from "../cli/output";
import { systemArguments, type CommonOptions } from "../cli/system-arguments";
import { accessTo } from "../estate/access";
import { systemFolder } from "../estate/pulumi-command";

interface AdoptOptions extends CommonOptions {
  region?: string;
  backup?: string;
  finish?: boolean;
  restore?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

const backupSchema = z.object({
  environment: z.string(),
  system: z.string(),
  region: z.string(),
  at: z.string(),
  resources: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      target: z.string(),
      inputs: z.record(z.string(), z.unknown()),
      existing: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
type Backup = z.output<typeof backupSchema>;

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
  if (configValue(environment, system, "adopt") !== undefined) {
    throw new OpsError(
      `${system}:adopt is set already in ${stackFile(environment, system)}. Next: \`up\`, which imports them, then \`npx ops adopt ${environment} ${system} --finish\`.`,
      exitCodes.configuration,
    );
  }
  const planned = await plannedResources(environment, system, { local });
  const found = await inspect(planned, await clientsFor(local, region));
  const existing = found.filter((one) => one.existing !== undefined);
  const file = backupFile(environment, system, options);
  const parts = existing.map(({ name }) => name);
  if (json) printJson({ dryRun, adopt: parts, backup: file, resources: found });
  else print(describe(found));
  if (parts.length === 0) return print("Nothing exists yet: `up` creates everything.");
  if (dryRun) return;
  if (existsSync(file)) {
    throw new OpsError(
      `${file} exists. It may be the only copy of how things were: name another file with --backup.`,
      exitCodes.configuration,
    );
  }
  await assertConfirmed(
    `Save them to ${file}, and set ${system}:adopt in ${stackFile(environment, system)}?`,
    { yes },
  );
  const backup: Backup = {
    environment,
    system,
    region,
    at: new Date().toISOString(),
    resources: found,
  };
  writeFileSync(file, `${JSON.stringify(backup, null, 2)}\n`, { flag: "wx", mode: 0o600 });
  editConfig(environment, system, { adopt: parts });
  if (json) return;
  print(
    [
      `Saved to ${file}. ${system}:adopt is set in ${stackFile(environment, system)}.`,
      "Next:",
      `  pulumi up -s ${environment} -C systems/${system}     imports ${parts.length} resources and changes nothing of them`,
      `  npx ops adopt ${environment} ${system} --finish     keeps what the program does not know`,
      `  pulumi up …                     sets what differs. Its preview shows it first.`,
    ].join("\n"),
  );
}

async function finish(environment: string, system: string, options: AdoptOptions): Promise<void> {
  const { local = false, json = false, dryRun = false, yes = false } = options;
  if (configValue(environment, system, "adopt") === undefined) {
    throw new OpsError(
      `${system}:adopt is not set in ${stackFile(environment, system)}: nothing is being adopted. Begin with \`npx ops adopt ${environment} ${system}\`.`,
      exitCodes.configuration,
    );
  }
  const backup = readBackup(backupFile(environment, system, options), environment, system);
  const imported = backup.resources.filter(({ existing }) => existing !== undefined);
  const own = new Map(imported.map(({ name, inputs }) => [name, inputs]));
  const kept = await foreignEntries(environment, system, own, { local });
  if (json) printJson({ dryRun, kept });
  else {
    const rows = Object.entries(kept).map(([name, entries]) => [name, JSON.stringify(entries)]);
    print(rows.length === 0 ? "There is nothing to keep." : table(["resource", "is kept"], rows));
  }
  if (dryRun) return;
  await assertConfirmed(
    `Write this to ${stackFile(environment, system)}, and remove ${system}:adopt?`,
    { yes },
  );
  editConfig(environment, system, {
    adopt: undefined,
    kept: Object.keys(kept).length === 0 ? undefined : kept,
  });
  if (!json)
    print(
      "Next: the preview of `up` shows what is set. To remove something, delete it from `kept` and name it in `removed`.",
    );
}

async function restore(environment: string, system: string, options: AdoptOptions): Promise<void> {
  const { local = false, json = false, dryRun = false, yes = false } = options;
  const file = backupFile(environment, system, options);
  const { region, resources } = readBackup(file, environment, system);
  const clients = await clientsFor(local, region);
  // A queue's redrive policy needs its dead-letter queue; a bucket's parts need the bucket. Both come first.
  const names = resources.map(({ name, target, existing }) => [
    name,
    target,
    existing === undefined ? "remove what was not there" : "put back",
  ]);
  if (!json) print(table(["resource", "in AWS", ""], names));
  if (dryRun) return json ? printJson({ dryRun, resources: names }) : undefined;
  await assertConfirmed("Put everything back?", { yes });
  for (const { type, target, existing } of resources) {
    if (existing !== undefined) await inspectors[type]?.restore(clients, target, existing);
    else if (await bucketExists(resources, target)) await removers[type]?.(clients, target);
  }
  if (json) printJson({ dryRun, resources: names });
  else
    print(
      "Everything is as it was saved. The state of the stack still has the resources: run `pulumi refresh`.",
    );
}

/** Parts of a bucket that the program created as a whole are not touched. */
const bucketExists = (resources: Backup["resources"], target: string): Promise<boolean> =>
  Promise.resolve(
    resources.some(
      (one) =>
        one.type === "aws:s3/bucket:Bucket" && one.target === target && one.existing !== undefined,
    ),
  );

const backupFile = (environment: string, system: string, { backup }: AdoptOptions): string =>
  resolve(backup ?? join(systemFolder(system), `adopt-${environment}.json`));

function readBackup(file: string, environment: string, system: string): Backup {
  if (!existsSync(file)) {
    throw new OpsError(
      `${file} does not exist: there is no backup. \`npx ops adopt ${environment} ${system}\` makes it; --backup names another file.`,
      exitCodes.configuration,
    );
  }
  const backup = backupSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  if (backup.environment === environment && backup.system === system) return backup;
  throw new OpsError(
    `${file} is a backup of ${backup.system} ${backup.environment}, not of ${system} ${environment}.`,
    exitCodes.configuration,
  );
}

async function clientsFor(local: boolean, region: string): Promise<Clients> {
  const access = { ...(await accessTo(local)), region };
  return {
    sqs: new SQSClient(access),
    s3: new S3Client({ ...access, forcePathStyle: access.endpoint !== undefined }),
  };
}

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
