import type * as pulumi from "@pulumi/pulumi";
import type { Alerting } from "../alarms/alerting";
import type { FleetThresholds } from "../alarms/thresholds";
import { ArgumentFaults } from "../argument-faults";
import type { PrivateBucket } from "../bucket";
import type { Bundle } from "../bundle";
import type { Deployment } from "../deployment";
import type { MonitoredQueue } from "../queue";
import { unfitForEnvironmentFile } from "./user-data";

export interface WorkerFleetArgs {
  deployment: Deployment;
  /** Physical names, kept where they exist. */
  names: {
    autoScalingGroup: string;
    launchTemplate: string;
    /** Tag `Name` of the machines. */
    machine: string;
    logGroup: string;
    /** Of role, instance profile and security group. */
    role: string;
  };
  /** The queue the machines work on. */
  queue: MonitoredQueue;
  visibilityTimeoutSeconds: number;
  maxReceiveCount: number;
  worker: {
    /** The program, as `buildBundle` made it. */
    bundle: Bundle;
    jobTimeoutSeconds: number;
    concurrency: number;
    shutdownGraceSeconds: number;
    metricsNamespace: string;
    processor: { kind: "file" } | { kind: "command"; command: string[] };
    /** Name of the SSM SecureString with the index's connection string. */
    databaseUrlParameter?: string;
  };
  /** Where the bundle lies, under its content hash. */
  scripts: PrivateBucket;
  /** Buckets whose objects the worker reads. */
  reads: PrivateBucket[];
  machines: {
    /** Amazon Linux 2023 for x86, as `newestMachineImage` finds it. */
    imageId: string;
    /** "t3.medium" */
    instanceType: string;
    minimum: number;
    maximum: number;
    /** Messages waiting per machine that scaling aims at. */
    backlogPerMachine: number;
    /** Gigabytes of the encrypted root disk. Default 20. */
    diskGigabytes?: number;
  };
  network: {
    vpcId: pulumi.Input<string>;
    subnetIds: string[];
    /** TCP ports the machines may call: HTTPS for AWS and packages, and the database's. */
    egressPorts: number[];
  };
  logRetentionDays: number;
  alerting: Alerting;
  /** Takes a release back when its alarms fire. */
  releaseGuard: {
    /** Its code, as `buildBundle` made it of release-guard/handler.ts. */
    bundle: Bundle;
    /** The topic of the critical alarms, where it also tells what it did. */
    topic: { arn: pulumi.Input<string>; keyArn: pulumi.Input<string> };
  };
  thresholds?: Partial<FleetThresholds>;
}

export function assertWorkerFleetArgs(name: string, args: WorkerFleetArgs): void {
  const { worker, machines, network } = args;
  const seconds = "whole seconds are allowed";
  const faults = new ArgumentFaults(`WorkerFleet "${name}"`)
    .wholeNumber("worker.jobTimeoutSeconds", worker.jobTimeoutSeconds, 1, 43_200, seconds)
    .wholeNumber("worker.shutdownGraceSeconds", worker.shutdownGraceSeconds, 0, 7200, seconds)
    .wholeNumber("worker.concurrency", worker.concurrency, 1, 1000, "a machine takes whole numbers")
    .wholeNumber("machines.maximum", machines.maximum, 1, 1000, "a group takes whole numbers")
    .wholeNumber("machines.backlogPerMachine", machines.backlogPerMachine, 1, 1e6, "whole numbers")
    .require(
      args.visibilityTimeoutSeconds > worker.jobTimeoutSeconds,
      `worker.jobTimeoutSeconds is ${worker.jobTimeoutSeconds}; it must be below the queue's visibility timeout (${args.visibilityTimeoutSeconds}), or another machine gets the message meanwhile`,
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
    .require(
      network.subnetIds.length > 0,
      "network.subnetIds is empty; name at least one subnet with a way out to AWS",
    )
    .require(
      network.egressPorts.includes(443),
      `network.egressPorts is ${JSON.stringify(network.egressPorts)}; 443 must be in it, AWS is called on it`,
    )
    .require(
      worker.processor.kind !== "file" || worker.databaseUrlParameter !== undefined,
      "worker.databaseUrlParameter is missing; the file processor needs the parameter with its database's URL",
    );
  if (worker.processor.kind === "command") {
    const unfit = unfitForEnvironmentFile(JSON.stringify(worker.processor.command));
    faults
      .require(
        worker.processor.command.length > 0,
        "worker.processor.command is empty; name a program",
      )
      .require(unfit === undefined, `worker.processor.command has ${unfit}; it must do without`);
  }
  faults.throwIfAny();
}
