import { join, resolve } from "node:path";
import { SQSClient } from "@aws-sdk/client-sqs";
import { accessTo, callerOf, s3For } from "../estate/access";
import { systemFolder } from "../estate/pulumi-command";
import type { CommonOptions } from "../cli/system-arguments";
import type { Clients } from "./inspectors";
import { regionOf, stackFile } from "./stack-file";

export interface AdoptOptions extends CommonOptions {
  region?: string;
  backup?: string;
  finish?: boolean;
  restore?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

/** What each of the three parts of `ops adopt` works with. */
export interface AdoptTask {
  environment: string;
  system: string;
  accountId: string;
  region: string;
  clientsIn(region: string): Clients;
  /** The stack's configuration. */
  stack: string;
  backup: string;
  local: boolean;
  json: boolean;
  dryRun: boolean;
  yes: boolean;
  /** The command line that goes on after the import, for a person to copy. */
  finishCommand: string;
}

export async function adoptTask(
  environment: string,
  system: string,
  options: AdoptOptions,
): Promise<AdoptTask> {
  const { local = false, json = false, dryRun = false, yes = false } = options;
  const region = options.region ?? regionOf(environment, system);
  const given = ["region", "backup"] as const;
  const repeated = given.flatMap((key) => (options[key] ? [`--${key} ${options[key]}`] : []));
  const access = await accessTo(local);
  return {
    ...{ environment, system, region, local, json, dryRun, yes },
    accountId: (await callerOf({ ...access, region })).accountId,
    clientsIn: (place) => {
      const there = { ...access, region: place };
      return { sqs: new SQSClient(there), s3: s3For(there) };
    },
    finishCommand: ["npx ops adopt", environment, system, "--finish", ...repeated].join(" "),
    stack: stackFile(environment, system),
    backup: resolve(options.backup ?? join(systemFolder(system), `adopt-${environment}.json`)),
  };
}
