import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { fleetTags } from "../../contracts/machine";
import type { Metric } from "../alarms/alarm-spec";
import { standardTags } from "../deployment";
import { messagesVisible } from "../queue/sqs-metric";
import { machinesInService } from "./fleet-metrics";
import { lifecycleHookName } from "./machine-template";
import {
  fleetDefaults,
  hookMarginSeconds,
  shutdownGraceSeconds,
  type WorkerFleetArgs,
} from "./worker-fleet-arguments";

/** Seconds until a new machine counts as in service for scaling and for a refresh. */
export const warmUpSeconds = 60;
/** Seconds between the canary machine and the other machines. */
const canarySeconds = 300;

/** Checkpoints of an instance refresh: first one machine, then all. Percentages of the group's machines. */
export const canaryCheckpoints = (maximum: number): number[] =>
  maximum === 1 ? [100] : [Math.ceil(100 / maximum), 100];

export function machineGroup(
  name: string,
  args: WorkerFleetArgs,
  template: aws.ec2.LaunchTemplate,
  release: { stopAlarms: string[]; dependsOn: pulumi.Resource[] },
  parent: pulumi.Resource,
): aws.autoscaling.Group {
  const { names, machines, queue, worker } = args;
  const tags = {
    ...standardTags(args.deployment),
    Name: names.machine,
    [fleetTags.consumes]: queue.queueName,
    [fleetTags.jobTimeoutSeconds]: String(queue.jobTimeoutSeconds),
  };
  const group = new aws.autoscaling.Group(
    `${name}-group`,
    {
      name: names.autoScalingGroup,
      minSize: machines.minimum,
      maxSize: machines.maximum,
      vpcZoneIdentifiers: args.network.subnetIds,
      // A number, never $Latest: with $Latest this property would not change, and no refresh would start.
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      healthCheckType: "EC2",
      healthCheckGracePeriod: 120,
      defaultInstanceWarmup: warmUpSeconds,
      // The update does not wait for machines in service: alarms check the machines after a release.
      waitForCapacityTimeout: "0",
      metricsGranularity: "1Minute",
      enabledMetrics: ["GroupInServiceInstances", "GroupDesiredCapacity"],
      instanceRefresh: {
        strategy: "Rolling",
        preferences: {
          minHealthyPercentage: 0,
          instanceWarmup: String(warmUpSeconds),
          checkpointPercentages: canaryCheckpoints(machines.maximum),
          checkpointDelay: String(canarySeconds),
          // No autoRollback: the provider sets the group's template before it starts the refresh, so AWS
          // would "roll back" to the same version (terraform-provider-aws#34189). The release guard rolls back.
          skipMatching: true,
          alarmSpecification: { alarms: release.stopAlarms },
        },
      },
      tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
    },
    { parent, dependsOn: release.dependsOn },
  );
  new aws.autoscaling.LifecycleHook(
    `${name}-finish-work`,
    {
      name: lifecycleHookName,
      autoscalingGroupName: group.name,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      // The machine completes the hook when its worker has stopped. After this time Auto Scaling stops waiting.
      heartbeatTimeout: Math.max(30, shutdownGraceSeconds(worker) + hookMarginSeconds),
      defaultResult: "CONTINUE",
    },
    { parent },
  );
  new aws.autoscaling.Policy(
    `${name}-backlog`,
    {
      name: "backlog-per-machine",
      autoscalingGroupName: group.name,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        targetValue: machines.backlogPerMachine ?? fleetDefaults.backlogPerMachine,
        customizedMetricSpecification: { metrics: backlogPerMachine(args) },
      },
    },
    { parent },
  );
  return group;
}

function backlogPerMachine({ queue, names }: WorkerFleetArgs) {
  const metricQuery = (id: string, label: string, metric: Metric) => ({
    id,
    label,
    metricStat: {
      metric: {
        namespace: metric.namespace,
        metricName: metric.name,
        dimensions: Object.entries(metric.dimensions).map(([name, value]) => ({ name, value })),
      },
      stat: metric.statistic,
    },
    returnData: false,
  });
  return [
    metricQuery("waiting", "Messages waiting", messagesVisible(queue.queueName)),
    metricQuery(
      "machines",
      "Machines in service",
      machinesInService({ autoScalingGroupName: names.autoScalingGroup }),
    ),
    {
      id: "backlog",
      label: "Messages waiting per machine",
      // Without machines the whole backlog counts, so that the first machine is started.
      expression: "waiting / IF(FILL(machines, 0) > 0, machines, 1)",
      returnData: true,
    },
  ];
}
