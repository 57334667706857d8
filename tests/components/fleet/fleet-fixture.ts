import { join } from "node:path";
import { PrivateBucket } from "../../../components/bucket";
import { buildBundle } from "../../../components/bundle";
import { WorkerFleet, type WorkerFleetArgs } from "../../../components/fleet";
import { MonitoredQueue, type MonitoredQueueArgs } from "../../../components/queue";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

export type FleetChanges = Partial<
  Omit<WorkerFleetArgs, "queue" | "worker" | "machines" | "network">
> & {
  queue?: Partial<MonitoredQueueArgs>;
  worker?: Partial<WorkerFleetArgs["worker"]>;
  machines?: Partial<WorkerFleetArgs["machines"]>;
  network?: Partial<WorkerFleetArgs["network"]>;
};

const entry = join(__dirname, "../../fixtures/worker-program.ts");

/** Hash of the bundle that the machines run. */
export const releasedSha256 = () => buildBundle(entry).sha256;

/** A fleet with its queue and buckets, with the changes of a test. */
export const buildFleet = (
  changes: FleetChanges = {},
  { groups = [], parameters = {} }: { groups?: string[]; parameters?: Record<string, string> } = {},
) =>
  recordProgram(
    () => {
      const queue = new MonitoredQueue("orders", {
        deployment,
        queueName: "orders",
        deadLetterQueueName: "orders-dlq",
        visibilityTimeoutSeconds: 900,
        jobTimeoutSeconds: 840,
        maxReceiveCount: 5,
        alerting,
        ...changes.queue,
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
        scripts: bucket("scripts"),
        reads: [bucket("uploads")],
        alerting,
        criticalTopic: {
          arn: alerting.topics.critical,
          keyArn: "arn:aws:kms:ap-northeast-1:1:key/k",
        },
        ...changes,
        queue,
        worker: {
          entry,
          metricsNamespace: "Shop/Worker",
          processor: { kind: "file", databaseUrlParameter: "/shop/dev/database-url" },
          ...changes.worker,
        },
        machines: {
          imageId: "ami-0a1b2c3d",
          instanceType: "t3.medium",
          minimum: 1,
          maximum: 10,
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
    },
    {
      answers: {
        "aws:autoscaling/getAmiIds:getAmiIds": { names: groups, arns: [] },
        "aws:ssm/getParametersByPath:getParametersByPath": {
          names: Object.keys(parameters),
          values: Object.values(parameters),
        },
      },
    },
  );
