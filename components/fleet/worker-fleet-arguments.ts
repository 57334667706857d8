import type * as pulumi from "@pulumi/pulumi";
import { workerDefaults, workerRanges } from "../../contracts/worker-environment";
import type { Alerting } from "../alarms/alerting";
import { ArgumentFaults, isWholeNumber } from "../argument-faults";
import type { PrivateBucket } from "../bucket";
import type { Deployment } from "../deployment";
import { retentionFault } from "../log-group";
import { parameterName, parameterRule } from "../parameter-name";
import type { MonitoredQueue } from "../queue";
import {
  checkFleetThresholds,
  fleetThresholds,
  type FleetThresholdChanges,
} from "./fleet-thresholds";
import { checkRelease, releaseRanges, type ReleaseArgs } from "./release";
import { unfitForEnvironmentFile } from "./user-data";

/** What a worker does with a message. `databaseUrlParameter` is the name of the SSM SecureString with the
 *  PostgreSQL connection string. The file processor stores the index in that database, and both processors store
 *  the ledger of finished work there. `databaseCaParameter` is the name of an SSM parameter with the certificates of the
 *  database's CA (PEM); those of public CAs, Amazon RDS and Supabase are known. */
export type WorkerProcessor =
  | { kind: "file"; databaseUrlParameter: string; databaseCaParameter?: string }
  | {
      kind: "command";
      command: string[];
      databaseUrlParameter?: string;
      databaseCaParameter?: string;
    };

export interface WorkerFleetArgs {
  deployment: Deployment;
  /** Physical names. Existing ones must be kept. */
  names: {
    autoScalingGroup: string;
    launchTemplate: string;
    /** Tag `Name` of the machines. */
    machine: string;
    logGroup: string;
    /** Name of the role, the instance profile and the security group. */
    role: string;
  };
  /** The queue that the machines work on. Its timeouts and its receive count are read from it. */
  queue: MonitoredQueue;
  worker: {
    /** Absolute path of the program's entry file. It is bundled into one file for the machines. */
    entry: string;
    /** Messages that a machine processes at the same time. Default 4. */
    concurrency?: number;
    /** Time to finish messages after SIGTERM. Then the unfinished ones are released. Seconds, 0–7,200. Default 90. */
    shutdownGraceSeconds?: number;
    metricsNamespace: string;
    processor: WorkerProcessor;
  };
  /** The bucket for the bundle. The object's key contains the content hash. */
  scripts: PrivateBucket;
  /** Buckets whose objects the worker reads. */
  reads: PrivateBucket[];
  machines: {
    /** Image id of Amazon Linux 2023 for x86; see `newestMachineImage`. */
    imageId: string;
    /** "t3.medium" */
    instanceType: string;
    minimum: number;
    maximum: number;
    /** Waiting messages per machine: the target of scaling. Default 200. */
    backlogPerMachine?: number;
    /** Gigabytes of the encrypted root disk. Default 20. */
    diskGigabytes?: number;
  };
  network: {
    vpcId: pulumi.Input<string>;
    subnetIds: string[];
    /** TCP ports that the machines may connect to: HTTPS for AWS and packages, and the port of the database. */
    egressPorts: number[];
  };
  /** How long the logs are kept. Default 30 days. */
  logRetentionDays?: number;
  alerting: Alerting;
  /** The topic of the critical alarms. It calls the release guard, the function that rolls a bad release back. The
   *  release guard publishes a message about the rollback to the same topic. */
  criticalTopic: { arn: pulumi.Input<string>; keyArn: pulumi.Input<string> };
  thresholds?: FleetThresholdChanges;
  /** How a release replaces machines. */
  release?: ReleaseArgs;
}

/** Time for a stopping machine beside the worker's own: the lifecycle hook ends later by this much. */
export const hookMarginSeconds = 60;

export const fleetRanges = {
  concurrency: workerRanges.concurrency,
  // The heartbeat timeout of a lifecycle hook is 7,200 s at most. Source: Auto Scaling PutLifecycleHook.
  shutdownGraceSeconds: { ...workerRanges.shutdownGraceSeconds, max: 7200 - hookMarginSeconds },
  ...releaseRanges,
  machinesMinimum: { min: 0, max: 1000 },
  machinesMaximum: { min: 1, max: 1000 },
  backlogPerMachine: { min: 1, max: 1_000_000 },
  // The image needs 8; gp3 volumes have up to 16,384.
  diskGigabytes: { min: 8, max: 16_384 },
  egressPort: { min: 1, max: 65_535 },
};

/** What is wrong with an instance type, which must fit the image: x86, Linux. */
export function instanceTypeFault(type: string): string | undefined {
  if (!/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type)) return 'write a type such as "t3.medium"';
  if (/^([a-z]+\d+g|a1\.|mac)/.test(type)) {
    return 'it is no x86 type for Linux, and the image is for those; write a type such as "t3.medium"';
  }
  return undefined;
}

export const fleetDefaults = { backlogPerMachine: 200, diskGigabytes: 20 };

/** How long a stopping worker may take to finish its messages. */
export const shutdownGraceSeconds = (worker: WorkerFleetArgs["worker"]): number =>
  worker.shutdownGraceSeconds ?? workerDefaults.shutdownGraceSeconds;

export function assertWorkerFleetArgs(name: string, args: WorkerFleetArgs): void {
  const { worker, machines, network } = args;
  const seconds = "whole seconds are allowed";
  const typeFault = instanceTypeFault(machines.instanceType);
  const faults = new ArgumentFaults(`WorkerFleet "${name}"`);
  checkNames(faults, args);
  faults
    .wholeNumber(
      "worker.shutdownGraceSeconds",
      shutdownGraceSeconds(worker),
      fleetRanges.shutdownGraceSeconds,
      seconds,
    )
    .wholeNumber(
      "worker.concurrency",
      worker.concurrency ?? workerDefaults.concurrency,
      fleetRanges.concurrency,
      "whole numbers are allowed",
    )
    .wholeNumber(
      "machines.maximum",
      machines.maximum,
      fleetRanges.machinesMaximum,
      "whole numbers are allowed",
    )
    .wholeNumber(
      "machines.backlogPerMachine",
      machines.backlogPerMachine ?? fleetDefaults.backlogPerMachine,
      fleetRanges.backlogPerMachine,
      "whole numbers are allowed",
    )
    .require(
      isWholeNumber(machines.minimum, { ...fleetRanges.machinesMinimum, max: machines.maximum }),
      `machines.minimum is ${machines.minimum}; it must be a whole number from 0 to machines.maximum (${machines.maximum})`,
    )
    .wholeNumber(
      "machines.diskGigabytes",
      machines.diskGigabytes ?? fleetDefaults.diskGigabytes,
      fleetRanges.diskGigabytes,
      "whole gigabytes are allowed",
    )
    .require(
      typeFault === undefined,
      `machines.instanceType is "${machines.instanceType}"; ${typeFault}`,
    )
    .require(
      /^ami-[0-9a-f]+$/.test(machines.imageId),
      `machines.imageId is "${machines.imageId}"; write an image's id such as "ami-0a1b2c3d": a release on "resolve:ssm:…" cannot be rolled back`,
    )
    .require(...retentionFault(args.logRetentionDays))
    .require(
      network.subnetIds.length > 0 && areDistinct(network.subnetIds),
      `network.subnetIds is ${JSON.stringify(network.subnetIds)}; name at least one subnet from which AWS can be reached, each once`,
    )
    .require(
      areDistinct(network.egressPorts) && network.egressPorts.every(isPort),
      `network.egressPorts is ${JSON.stringify(network.egressPorts)}; write TCP ports from ${fleetRanges.egressPort.min} to ${fleetRanges.egressPort.max}, each once`,
    )
    .require(
      network.egressPorts.includes(443),
      `network.egressPorts is ${JSON.stringify(network.egressPorts)}; 443 must be in it, because AWS is called on it`,
    );
  checkFleetThresholds(faults, fleetThresholds(args.thresholds));
  checkRelease(faults, args.release);
  checkProcessor(faults, worker.processor);
  faults.throwIfAny();
}

const areDistinct = (values: readonly unknown[]) =>
  new Set(values).size === values.length && !values.includes("");

const isPort = (port: number) => isWholeNumber(port, fleetRanges.egressPort);

function checkNames(faults: ArgumentFaults, { names, worker }: WorkerFleetArgs): void {
  faults
    .text(
      "names.autoScalingGroup",
      names.autoScalingGroup,
      // "-release-guard" is appended for a function, whose name has 64 characters at most.
      /^[\w-]{1,50}$/,
      '1 to 50 letters, digits, "-" and "_" are allowed, because names are built from it',
    )
    .text(
      "names.launchTemplate",
      names.launchTemplate,
      /^[\w().\/-]{3,128}$/,
      "EC2 allows 3 to 128 letters, digits and ()./-_",
    )
    .text(
      "names.role",
      names.role,
      /^(?!sg-)[\w+=,.@-]{1,64}$/,
      'IAM allows 1 to 64 letters, digits and +=,.@-_, and a security group\'s name does not begin with "sg-"',
    )
    .text(
      "names.logGroup",
      names.logGroup,
      /^[\w.\/#-]{1,512}$/,
      "CloudWatch Logs allows 1 to 512 letters, digits and ./#-_",
    )
    .text("names.machine", names.machine, /^.{1,256}$/, "a tag has 1 to 256 characters")
    .text(
      "worker.metricsNamespace",
      worker.metricsNamespace,
      /^(?!AWS\/)[\w.\/#:-]{1,255}$/,
      'CloudWatch allows 1 to 255 letters, digits and ./#:-_, not beginning with "AWS/"',
    );
}

function checkProcessor(faults: ArgumentFaults, processor: WorkerProcessor): void {
  for (const name of ["databaseUrlParameter", "databaseCaParameter"] as const) {
    const value = processor[name];
    if (value === undefined) continue;
    faults.text(`worker.processor.${name}`, value, parameterName, parameterRule);
  }
  if (processor.kind !== "command") return;
  const unfit = unfitForEnvironmentFile(JSON.stringify(processor.command));
  faults
    .require(
      processor.command.length > 0 && !processor.command.includes(""),
      `worker.processor.command is ${JSON.stringify(processor.command)}; name a program and arguments that are not empty`,
    )
    .require(
      unfit === undefined,
      `worker.processor.command is written to an environment file as JSON, and that has ${unfit}; leave quotes, backslashes and line breaks out of it`,
    );
}
