import type { LifecycleHook } from "@aws-sdk/client-auto-scaling";
import { each, type ByHand, type Drift } from "./drift";
import { newGroup, newTemplate } from "../surroundings";

const update = (table: Record<string, object>) =>
  each(table, ({ autoScaling }, AutoScalingGroupName, changed) =>
    autoScaling.updateAutoScalingGroup({ AutoScalingGroupName, ...changed }),
  );
const groupTag = (Key: string, Value: string, PropagateAtLaunch: boolean, ResourceId: string) => ({
  ResourceId,
  ResourceType: "auto-scaling-group",
  Key,
  Value,
  PropagateAtLaunch,
});
export const removeGroup: ByHand = ({ autoScaling }, AutoScalingGroupName) =>
  autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName, ForceDelete: true });

const hook = (table: Record<string, Partial<LifecycleHook>>) =>
  each(table, ({ autoScaling }, LifecycleHookName, changed, { group }) =>
    autoScaling.putLifecycleHook({
      LifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      HeartbeatTimeout: 150,
      DefaultResult: "CONTINUE",
      NotificationMetadata: "files",
      NotificationTargetARN: "arn:aws:sns:ap-northeast-1:111111111111:launches",
      RoleARN: "arn:aws:iam::111111111111:role/notify",
      ...changed,
      LifecycleHookName,
      AutoScalingGroupName: group,
    }),
  );

export const autoscalingDrifts: Drift[] = [
  {
    type: "aws:autoscaling/group:Group",
    prepare: (under) => newTemplate(under, "of-group"),
    inputs: ({ template = "" }) => ({
      name: "workers",
      minSize: 1,
      maxSize: 3,
      desiredCapacity: 1,
      launchTemplate: { id: template, version: "1" },
      vpcZoneIdentifiers: ["subnet-1", "subnet-2"],
      healthCheckType: "EC2",
      defaultCooldown: 60,
      defaultInstanceWarmup: 60,
      capacityRebalance: false,
      maxInstanceLifetime: 604_800,
      instanceMaintenancePolicy: { minHealthyPercentage: 90, maxHealthyPercentage: 120 },
      terminationPolicies: ["OldestInstance"],
      protectFromScaleIn: false,
      enabledMetrics: ["GroupInServiceInstances"],
      suspendedProcesses: ["AZRebalance"],
      tags: [{ key: "Name", value: "worker", propagateAtLaunch: true }],
    }),
    fixed: ["availabilityZones"],
    byHand: {
      ...update({
        minSize: { MinSize: 0 },
        maxSize: { MaxSize: 50 },
        vpcZoneIdentifiers: { VPCZoneIdentifier: "subnet-1" },
        healthCheckType: { HealthCheckType: "ELB" },
        healthCheckGracePeriod: { HealthCheckGracePeriod: 9 },
        defaultCooldown: { DefaultCooldown: 900 },
        defaultInstanceWarmup: { DefaultInstanceWarmup: 300 },
        capacityRebalance: { CapacityRebalance: true },
        maxInstanceLifetime: { MaxInstanceLifetime: 86_400 },
        "instanceMaintenancePolicy.minHealthyPercentage": {
          InstanceMaintenancePolicy: { MinHealthyPercentage: 80, MaxHealthyPercentage: 120 },
        },
        "instanceMaintenancePolicy.maxHealthyPercentage": {
          InstanceMaintenancePolicy: { MinHealthyPercentage: 90, MaxHealthyPercentage: 150 },
        },
        terminationPolicies: { TerminationPolicies: ["NewestInstance"] },
        protectFromScaleIn: { NewInstancesProtectedFromScaleIn: true },
      }),
      enabledMetrics: ({ autoScaling }, AutoScalingGroupName) =>
        autoScaling.disableMetricsCollection({ AutoScalingGroupName }),
      suspendedProcesses: ({ autoScaling }, AutoScalingGroupName) =>
        autoScaling.suspendProcesses({ AutoScalingGroupName, ScalingProcesses: ["Launch"] }),
      desiredCapacity: ({ autoScaling }, AutoScalingGroupName) =>
        autoScaling.setDesiredCapacity({ AutoScalingGroupName, DesiredCapacity: 2 }),
      "launchTemplate.version": ({ autoScaling }, AutoScalingGroupName, { template }) =>
        autoScaling.updateAutoScalingGroup({
          AutoScalingGroupName,
          LaunchTemplate: { LaunchTemplateId: template, Version: "2" },
        }),
      "tags.key": ({ autoScaling }, id) =>
        autoScaling.createOrUpdateTags({ Tags: [groupTag("byHand", "yes", true, id)] }),
      "tags.value": ({ autoScaling }, id) =>
        autoScaling.createOrUpdateTags({ Tags: [groupTag("Name", "by hand", true, id)] }),
      "tags.propagateAtLaunch": ({ autoScaling }, id) =>
        autoScaling.createOrUpdateTags({ Tags: [groupTag("Name", "worker", false, id)] }),
    },
    removals: { it: removeGroup },
  },
  {
    type: "aws:autoscaling/group:Group",
    variant: "of a template by id",
    prepare: async (under) => ({
      ...(await newTemplate(under, "by-id")),
      other: (await newTemplate(under, "by-other-id")).template,
    }),
    inputs: ({ template = "" }) => ({
      name: "by-id",
      minSize: 0,
      maxSize: 1,
      launchTemplate: { id: template, version: "1" },
    }),
    byHand: {
      "launchTemplate.id": ({ autoScaling }, AutoScalingGroupName, { other }) =>
        autoScaling.updateAutoScalingGroup({
          AutoScalingGroupName,
          LaunchTemplate: { LaunchTemplateId: other, Version: "1" },
        }),
    },
    removals: { it: removeGroup },
  },
  {
    type: "aws:autoscaling/group:Group",
    variant: "of a template by name",
    prepare: async (under) => ({
      name: (await newTemplate(under, "by-name")).templateName,
      other: (await newTemplate(under, "by-name")).templateName,
    }),
    inputs: ({ name = "" }) => ({
      name: "named",
      minSize: 0,
      maxSize: 1,
      launchTemplate: { name, version: "1" },
    }),
    byHand: {
      "launchTemplate.name": ({ autoScaling }, AutoScalingGroupName, { other }) =>
        autoScaling.updateAutoScalingGroup({
          AutoScalingGroupName,
          LaunchTemplate: { LaunchTemplateName: other, Version: "1" },
        }),
    },
    removals: { it: removeGroup },
  },
  {
    type: "aws:autoscaling/lifecycleHook:LifecycleHook",
    prepare: (under) => newGroup(under, "hooked"),
    inputs: ({ group = "" }) => ({
      name: "finish-work",
      autoscalingGroupName: group,
      lifecycleTransition: "autoscaling:EC2_INSTANCE_TERMINATING",
      heartbeatTimeout: 150,
      defaultResult: "CONTINUE",
      notificationMetadata: "files",
      notificationTargetArn: "arn:aws:sns:ap-northeast-1:111111111111:launches",
      roleArn: "arn:aws:iam::111111111111:role/notify",
    }),
    fixed: ["autoscalingGroupName"],
    byHand: hook({
      lifecycleTransition: { LifecycleTransition: "autoscaling:EC2_INSTANCE_LAUNCHING" },
      defaultResult: { DefaultResult: "ABANDON" },
      heartbeatTimeout: { HeartbeatTimeout: 7200 },
      notificationMetadata: { NotificationMetadata: "by hand" },
      notificationTargetArn: { NotificationTargetARN: "arn:aws:sns:ap-northeast-1:1:other" },
      roleArn: { RoleARN: "arn:aws:iam::111111111111:role/other" },
    }),
    removals: {
      it: ({ autoScaling }, LifecycleHookName, { group }) =>
        autoScaling.deleteLifecycleHook({ LifecycleHookName, AutoScalingGroupName: group }),
      "its group": (clients, _id, { group = "" }) => removeGroup(clients, group, {}),
    },
  },
];
