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
  shutdownGraceSeconds,
  type WorkerFleetArgs,
} from "./worker-fleet-arguments";

/** Seconds a new machine is given before it counts. */
export const warmUpSeconds = 60;
/** Seconds between the canary machine and the rest. */
const canarySeconds = 300;

/** Of a refresh: first one machine, then all. Percentages are of the machines there are. */
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
      // A number, never $Latest: that would change nothing here, so no refresh would start.
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      healthCheckType: "EC2",
      healthCheckGracePeriod: 120,
      defaultInstanceWarmup: warmUpSeconds,
      // Machines in service are verified after a release, not waited for in the update.
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
          // would "roll back" to the same version (terraform-provider-aws#34189). The release guard does it.
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
      // The machine says itself when its worker is done; this is how long it is believed to be at it.
      heartbeatTimeout: Math.max(30, shutdownGraceSeconds(worker) + 60),
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
  const found = (id: string, label: string, metric: Metric) => ({
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
    found("waiting", "Messages waiting", messagesVisible(queue.queueName)),
    found(
      "machines",
      "Machines in service",
      machinesInService({ autoScalingGroupName: names.autoScalingGroup }),
    ),
    {
      id: "backlog",
      label: "Messages waiting per machine",
      // With no machine at all the whole backlog counts, so that the first one is started.
      expression: "waiting / IF(FILL(machines, 0) > 0, machines, 1)",
      returnData: true,
    },
  ];
}
