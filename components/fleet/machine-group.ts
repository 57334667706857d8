import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { fleetTags } from "../../contracts/machine";
import { lifecycleHooks } from "../../contracts/release";
import type { Metric } from "../alarms/alarm-spec";
import { standardTags } from "../deployment";
import { messagesVisible } from "../queue/sqs-metric";
import { machinesInService } from "./fleet-metrics";
import { canarySeconds, launchHookSeconds, releasePreferences } from "./release";
import {
  fleetDefaults,
  hookMarginSeconds,
  shutdownGraceSeconds,
  type WorkerFleetArgs,
} from "./worker-fleet-arguments";

/** Checkpoints of an instance refresh: first one machine, then all. Percentages of the group's machines. */
export const canaryCheckpoints = (maximum: number): number[] =>
  maximum === 1 ? [100] : [Math.ceil(100 / maximum), 100];

export function machineGroup(
  name: string,
  args: WorkerFleetArgs,
  template: aws.ec2.LaunchTemplate,
  release: { dependsOn: pulumi.Resource[] },
  parent: pulumi.Resource,
): aws.autoscaling.Group {
  const { names, machines, queue, worker } = args;
  const { launchFirst, warmUpSeconds } = releasePreferences(args.release);
  const tags = {
    ...standardTags(args.deployment),
    Name: names.machine,
    [fleetTags.consumes]: queue.queueName,
    [fleetTags.jobTimeoutSeconds]: String(queue.jobTimeoutSeconds),
  };
  const hooks = lifecycleHookSettings(worker);
  const exists = groupExists(names.autoScalingGroup, parent);
  // A plain name, not the group's output: on an existing group the hook is created before the update that starts the
  // release, so that the first machine of that release is held too. On a new group the initial hooks hold it.
  const launchHook: aws.autoscaling.LifecycleHook = new aws.autoscaling.LifecycleHook(
    `${name}-worker-works`,
    { ...hooks.launch, autoscalingGroupName: names.autoScalingGroup },
    { parent, dependsOn: exists.then<pulumi.Resource[]>((isThere) => (isThere ? [] : [group])) },
  );
  const group: aws.autoscaling.Group = new aws.autoscaling.Group(
    `${name}-group`,
    {
      name: names.autoScalingGroup,
      minSize: machines.minimum,
      maxSize: machines.maximum,
      vpcZoneIdentifiers: args.network.subnetIds,
      // A number, never $Latest: with $Latest this property would not change, and no refresh would start.
      launchTemplate: { id: template.id, version: template.latestVersion.apply(String) },
      initialLifecycleHooks: [hooks.launch, hooks.termination],
      healthCheckType: "EC2",
      healthCheckGracePeriod: 120,
      defaultInstanceWarmup: warmUpSeconds,
      // The update does not wait for machines in service: alarms check the machines after a release.
      waitForCapacityTimeout: "0",
      metricsGranularity: "1Minute",
      enabledMetrics: ["GroupInServiceInstances", "GroupPendingInstances", "GroupDesiredCapacity"],
      instanceRefresh: {
        strategy: "Rolling",
        preferences: {
          ...(launchFirst
            ? { minHealthyPercentage: 100, maxHealthyPercentage: 200 }
            : { minHealthyPercentage: 0 }),
          instanceWarmup: String(warmUpSeconds),
          checkpointPercentages: canaryCheckpoints(machines.maximum),
          checkpointDelay: String(canarySeconds),
          // No autoRollback: the provider sets the group's template before it starts the refresh, so AWS
          // would "roll back" to the same version (terraform-provider-aws#34189). The release guard rolls back.
          // No alarms: a refresh does not start while one of them is in ALARM, and the fix would wait for it.
          // All machines are replaced: one that was switched in place does not run what its version says.
          skipMatching: false,
        },
      },
      tags: Object.entries(tags).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
    },
    {
      parent,
      dependsOn: exists.then<pulumi.Resource[]>((isThere) => [
        ...release.dependsOn,
        ...(isThere ? [launchHook] : []),
      ]),
      // Only a new group takes them. On an existing group this would be a change without an effect.
      ignoreChanges: ["initialLifecycleHooks"],
    },
  );
  new aws.autoscaling.LifecycleHook(
    `${name}-finish-work`,
    { ...hooks.termination, autoscalingGroupName: group.name },
    { parent },
  );
  // AWS refuses target tracking for a group whose size cannot change (cfn-lint E3712).
  if (machines.minimum < machines.maximum) {
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
  }
  return group;
}

const lifecycleHookSettings = (worker: WorkerFleetArgs["worker"]) => ({
  launch: {
    name: lifecycleHooks.launch,
    lifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING",
    // The machine sends heartbeats while its worker waits for something, for at most 48 hours or 100 timeouts.
    heartbeatTimeout: launchHookSeconds,
    defaultResult: "ABANDON",
  },
  termination: {
    name: lifecycleHooks.termination,
    lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
    // The machine completes the hook when its worker has stopped. After this time Auto Scaling stops waiting.
    heartbeatTimeout: Math.max(30, shutdownGraceSeconds(worker) + hookMarginSeconds),
    defaultResult: "CONTINUE",
  },
});

async function groupExists(name: string, parent: pulumi.Resource): Promise<boolean> {
  // A list that is empty without the group. `getGroup` would fail.
  const { names } = await aws.autoscaling.getAmiIds({ names: [name] }, { parent });
  return names.includes(name);
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
