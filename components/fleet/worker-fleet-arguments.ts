import type * as pulumi from "@pulumi/pulumi";
import { workerDefaults, workerRanges } from "../../contracts/worker-environment";
import type { Alerting } from "../alarms/alerting";
import { ArgumentFaults } from "../argument-faults";
import type { PrivateBucket } from "../bucket";
import type { Deployment } from "../deployment";
import { retentionFault } from "../log-group";
import type { MonitoredQueue } from "../queue";
import {
  checkFleetThresholds,
  fleetThresholds,
  type FleetThresholdChanges,
} from "./fleet-thresholds";
import { unfitForEnvironmentFile } from "./user-data";

/** What a worker does with a message. `databaseUrlParameter` is the name of the SSM SecureString with the
 *  PostgreSQL connection string. The file processor stores the index in that database, and both processors store
 *  the ledger of finished work there. */
export type WorkerProcessor =
  | { kind: "file"; databaseUrlParameter: string }
  | { kind: "command"; command: string[]; databaseUrlParameter?: string };

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
}

export const fleetRanges = {
  concurrency: workerRanges.concurrency,
  shutdownGraceSeconds: workerRanges.shutdownGraceSeconds,
  machinesMinimum: { min: 0, max: 1000 },
  machinesMaximum: { min: 1, max: 1000 },
  backlogPerMachine: { min: 1, max: 1_000_000 },
};

export const fleetDefaults = { backlogPerMachine: 200, diskGigabytes: 20 };

/** How long a stopping worker may take to finish its messages. */
export const shutdownGraceSeconds = (worker: WorkerFleetArgs["worker"]): number =>
  worker.shutdownGraceSeconds ?? workerDefaults.shutdownGraceSeconds;

export function assertWorkerFleetArgs(name: string, args: WorkerFleetArgs): void {
  const { worker, machines, network } = args;
  const seconds = "whole seconds are allowed";
  const faults = new ArgumentFaults(`WorkerFleet "${name}"`)
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
      Number.isInteger(machines.minimum) &&
        machines.minimum >= 0 &&
        machines.minimum <= machines.maximum,
      `machines.minimum is ${machines.minimum}; it must be a whole number from 0 to machines.maximum (${machines.maximum})`,
    )
    .require(
      /^[a-z0-9-]+\.[a-z0-9-]+$/.test(machines.instanceType),
      `machines.instanceType is "${machines.instanceType}"; write a type such as "t3.medium"`,
    )
    .require(
      !/^[a-z]+\d+g/.test(machines.instanceType),
      `machines.instanceType is "${machines.instanceType}", a Graviton type; the image is for x86, so write a type such as "t3.medium"`,
    )
    .require(
      /^ami-[0-9a-f]+$/.test(machines.imageId),
      `machines.imageId is "${machines.imageId}"; write an image's id such as "ami-0a1b2c3d": a release on "resolve:ssm:…" cannot be rolled back`,
    )
    .require(...retentionFault(args.logRetentionDays))
    .require(
      network.subnetIds.length > 0,
      "network.subnetIds is empty; name at least one subnet from which AWS can be reached",
    )
    .require(
      network.egressPorts.includes(443),
      `network.egressPorts is ${JSON.stringify(network.egressPorts)}; 443 must be in it, because AWS is called on it`,
    );
  checkFleetThresholds(faults, fleetThresholds(args.thresholds));
  if (worker.processor.kind === "command") {
    const unfit = unfitForEnvironmentFile(JSON.stringify(worker.processor.command));
    faults
      .require(
        worker.processor.command.length > 0,
        "worker.processor.command is empty; name a program",
      )
      .require(unfit === undefined, `worker.processor.command has ${unfit}; remove it`);
  }
  faults.throwIfAny();
}
