import { PrivateBucket } from "../../../components/bucket";
import { WorkerFleet, type WorkerFleetArgs } from "../../../components/fleet";
import { MonitoredQueue } from "../../../components/queue";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

export type FleetChanges = Partial<Omit<WorkerFleetArgs, "worker" | "machines" | "network">> & {
  worker?: Partial<WorkerFleetArgs["worker"]>;
  machines?: Partial<WorkerFleetArgs["machines"]>;
  network?: Partial<WorkerFleetArgs["network"]>;
};

export const sha256 = "a".repeat(64);

/** A fleet on a queue of its own, with what a test changes. */
export const buildFleet = (changes: FleetChanges = {}) =>
  recordProgram(() => {
    const queue = new MonitoredQueue("orders", {
      deployment,
      queueName: "orders",
      deadLetterQueueName: "orders-dlq",
      visibilityTimeoutSeconds: 900,
      maxReceiveCount: 5,
      alerting,
    });
    const bucket = (name: string) =>
      new PrivateBucket(name, { deployment, bucketName: `shop-${name}` });
    const fleet = new WorkerFleet("workers", {
      deployment,
      names: {
        autoScalingGroup: "shop-asg",
        launchTemplate: "shop-template",
        machine: "shop-worker",
        logGroup: "/shop/worker",
        role: "shop-worker",
      },
      queue,
      visibilityTimeoutSeconds: 900,
      maxReceiveCount: 5,
      scripts: bucket("scripts"),
      reads: [bucket("uploads")],
      logRetentionDays: 30,
      alerting,
      releaseGuard: {
        bundle: { path: "./.build/release-guard.js", sha256, bytes: 1 },
        topic: { arn: alerting.topics.critical, keyArn: "arn:aws:kms:ap-northeast-1:1:key/k" },
      },
      ...changes,
      worker: {
        bundle: { path: "./.build/worker.js", sha256, bytes: 1 },
        jobTimeoutSeconds: 840,
        concurrency: 4,
        shutdownGraceSeconds: 90,
        metricsNamespace: "Shop/Worker",
        processor: { kind: "file" },
        databaseUrlParameter: "/shop/dev/database-url",
        ...changes.worker,
      },
      machines: {
        imageId: "ami-0a1b2c3d",
        instanceType: "t3.medium",
        minimum: 1,
        maximum: 10,
        backlogPerMachine: 200,
        ...changes.machines,
      },
      network: {
        vpcId: "vpc-1",
        subnetIds: ["subnet-1"],
        egressPorts: [443, 5432],
        ...changes.network,
      },
    });
    return { id: fleet.launchTemplateId };
  });
