import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import { fromApi, toApi } from "../api-case";
import { ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import {
  boolean,
  type Infer,
  list,
  number,
  object,
  output,
  regional,
  required,
  set,
  string,
} from "../shape";
import { waitForCapacity } from "./autoscaling-capacity";
import { switchProcesses } from "./autoscaling-processes";
import { instanceRefresh, refreshInstances } from "./autoscaling-refresh";
import { hookRequest, hookSettings, lifecycleTransitions } from "./autoscaling-lifecycle-hook";
import { tag, toTags, updateGroupTags } from "./autoscaling-group-tags";
import { readGroup } from "./autoscaling-read";

export const template = {
  id: string({ computed: true }),
  name: string({ computed: true }),
  version: string({ computed: true }),
};

const shape = {
  ...regional,
  name: string({ replaces: true, computed: true }),
  namePrefix: string({ replaces: true }),
  minSize: required(number({ range: [0, 10_000] })),
  maxSize: required(number({ range: [0, 10_000] })),
  desiredCapacity: number({ computed: true, range: [0, 10_000] }),
  launchTemplate: object(template),
  mixedInstancesPolicy: object({
    instancesDistribution: object({
      onDemandAllocationStrategy: string({ computed: true }),
      onDemandBaseCapacity: number({ computed: true }),
      onDemandPercentageAboveBaseCapacity: number(),
      spotAllocationStrategy: string({ computed: true }),
      spotInstancePools: number({ computed: true }),
      spotMaxPrice: string(),
    }),
    launchTemplate: required(
      object({
        launchTemplateSpecification: required(
          object({
            launchTemplateId: string({ computed: true }),
            launchTemplateName: string({ computed: true }),
            version: string(),
          }),
        ),
        overrides: list(object({ instanceType: string(), weightedCapacity: string() })),
      }),
    ),
  }),
  vpcZoneIdentifiers: set(string(), { computed: true }),
  availabilityZones: set(string(), { computed: true }),
  healthCheckType: string({ computed: true, oneOf: ["EC2", "ELB", "EBS", "VPC_LATTICE"] }),
  healthCheckGracePeriod: number({ default: 300 }),
  defaultCooldown: number({ computed: true }),
  defaultInstanceWarmup: number(),
  terminationPolicies: list(string()),
  targetGroupArns: set(string(), { computed: true }),
  protectFromScaleIn: boolean({ default: false }),
  capacityRebalance: boolean(),
  maxInstanceLifetime: number(),
  serviceLinkedRoleArn: string({ computed: true }),
  instanceMaintenancePolicy: object({
    minHealthyPercentage: required(number()),
    maxHealthyPercentage: required(number()),
  }),
  suspendedProcesses: set(string()),
  enabledMetrics: set(string()),
  metricsGranularity: string({ default: "1Minute" }),
  instanceRefresh,
  initialLifecycleHooks: set(
    object({
      name: required(string()),
      lifecycleTransition: required(string({ oneOf: lifecycleTransitions })),
      ...hookSettings,
    }),
    { key: "name" },
  ),
  waitForCapacityTimeout: string({ default: "10m" }),
  forceDelete: boolean({ default: false }),
  tags: set(object(tag), { key: "key" }),
  arn: output(string()),
  predictedCapacity: output(number()),
  warmPoolSize: output(number()),
};
type Inputs = Infer<typeof shape>;

export const group = resourceType({
  type: "aws:autoscaling/group:Group",
  shape,
  name: { property: "name", prefixProperty: "namePrefix", maxLength: 255 },
  check({ minSize, maxSize, desiredCapacity, launchTemplate, mixedInstancesPolicy }) {
    const faults: { property: string; reason: string }[] = [];
    const least = typeof minSize === "number" ? minSize : 0;
    const most = typeof maxSize === "number" ? maxSize : Number.POSITIVE_INFINITY;
    if (least > most) {
      faults.push({ property: "minSize", reason: `minSize is ${least}, above maxSize ${most}` });
    }
    if (
      typeof desiredCapacity === "number" &&
      (desiredCapacity < least || desiredCapacity > most)
    ) {
      const reason = `desiredCapacity is ${desiredCapacity}; it must be from minSize ${least} to maxSize ${most}`;
      faults.push({ property: "desiredCapacity", reason });
    }
    if ((launchTemplate === undefined) === (mixedInstancesPolicy === undefined)) {
      const reason = "exactly one of launchTemplate and mixedInstancesPolicy must be given";
      faults.push({ property: "launchTemplate", reason });
    }
    return faults;
  },
  async create(inputs, context) {
    const { clients, created } = context;
    const AutoScalingGroupName = inputs.name ?? "";
    await clients.autoScaling.createAutoScalingGroup({
      ...request(inputs),
      AutoScalingGroupName,
      ServiceLinkedRoleARN: inputs.serviceLinkedRoleArn,
      TargetGroupARNs: inputs.targetGroupArns,
      LifecycleHookSpecificationList: inputs.initialLifecycleHooks?.map((hook) => ({
        ...hookRequest(hook),
        LifecycleHookName: hook.name,
        LifecycleTransition: hook.lifecycleTransition,
      })),
      Tags: toTags(AutoScalingGroupName, inputs.tags),
    });
    created(AutoScalingGroupName);
    await switchProcesses(AutoScalingGroupName, {}, inputs, clients);
    await waitForCapacity(AutoScalingGroupName, inputs, context);
    return AutoScalingGroupName;
  },
  async read(id, { clients }) {
    const found = await readGroup(clients, id);
    if (found === undefined) return undefined;
    return {
      name: id,
      arn: found.AutoScalingGroupARN,
      predictedCapacity: found.PredictedCapacity ?? 0,
      warmPoolSize: found.WarmPoolSize ?? 0,
      minSize: found.MinSize,
      maxSize: found.MaxSize,
      desiredCapacity: found.DesiredCapacity,
      launchTemplate: templateOf(found),
      vpcZoneIdentifiers: found.VPCZoneIdentifier?.split(",").filter((zone) => zone !== ""),
      availabilityZones: found.AvailabilityZones,
      healthCheckType: found.HealthCheckType,
      healthCheckGracePeriod: found.HealthCheckGracePeriod,
      defaultCooldown: found.DefaultCooldown,
      defaultInstanceWarmup: found.DefaultInstanceWarmup,
      // The official provider leaves AWS's default value out.
      terminationPolicies: found.TerminationPolicies?.filter((policy) => policy !== "Default"),
      targetGroupArns: found.TargetGroupARNs,
      protectFromScaleIn: found.NewInstancesProtectedFromScaleIn ?? false,
      capacityRebalance: found.CapacityRebalance,
      maxInstanceLifetime: found.MaxInstanceLifetime,
      serviceLinkedRoleArn: found.ServiceLinkedRoleARN ?? "",
      instanceMaintenancePolicy: fromApi(found.InstanceMaintenancePolicy),
      enabledMetrics: found.EnabledMetrics?.map(({ Metric = "" }) => Metric),
      suspendedProcesses: found.SuspendedProcesses?.map(({ ProcessName = "" }) => ProcessName),
      tags: found.Tags?.map(({ Key = "", Value = "", PropagateAtLaunch = false }) => ({
        key: Key,
        value: Value,
        propagateAtLaunch: PropagateAtLaunch,
      })),
    };
  },
  async update(id, inputs, { changed, old }, context) {
    const { autoScaling } = context.clients;
    await switchProcesses(id, old, inputs, context.clients);
    await autoScaling.updateAutoScalingGroup({ ...request(inputs), AutoScalingGroupName: id });
    if (changed.has("tags")) await updateGroupTags(context.clients, id, old.tags, inputs.tags);
    if (["minSize", "maxSize", "desiredCapacity"].some((property) => changed.has(property))) {
      await waitForCapacity(id, inputs, context);
    }
    await refreshInstances(id, inputs.instanceRefresh, changed, context);
  },
  async delete(id, { forceDelete }, context) {
    const { autoScaling } = context.clients;
    const found = await readGroup(context.clients, id);
    if (found === undefined) return;
    if (forceDelete !== true) {
      await autoScaling.updateAutoScalingGroup({
        AutoScalingGroupName: id,
        MinSize: 0,
        MaxSize: 0,
        DesiredCapacity: 0,
      });
      const none = { minSize: 0, maxSize: 0, desiredCapacity: 0, waitForCapacityTimeout: "10m" };
      await waitForCapacity(id, none, context);
    }
    const ForceDelete = forceDelete === true;
    await ignoreGone(
      ["ValidationError"],
      autoScaling.deleteAutoScalingGroup({ AutoScalingGroupName: id, ForceDelete }),
    );
  },
});

function templateOf({ LaunchTemplate }: AutoScalingGroup): Infer<typeof template> | undefined {
  const { LaunchTemplateId: id, LaunchTemplateName: name, Version } = LaunchTemplate ?? {};
  if (id === undefined && name === undefined) return undefined;
  const isId = (text: string | undefined) => text?.startsWith("lt-") === true;
  return {
    id: isId(id) ? id : undefined,
    name: isId(name) ? undefined : name,
    version: Version,
  };
}

const request = (inputs: Inputs) => ({
  MinSize: inputs.minSize,
  MaxSize: inputs.maxSize,
  DesiredCapacity: inputs.desiredCapacity,
  LaunchTemplate:
    inputs.launchTemplate === undefined
      ? undefined
      : {
          // AWS takes either of the two, not both.
          ...(inputs.launchTemplate.id === undefined
            ? { LaunchTemplateName: inputs.launchTemplate.name }
            : { LaunchTemplateId: inputs.launchTemplate.id }),
          Version: inputs.launchTemplate.version,
        },
  MixedInstancesPolicy: toApi<object | undefined>(inputs.mixedInstancesPolicy),
  VPCZoneIdentifier: inputs.vpcZoneIdentifiers?.join(","),
  AvailabilityZones: inputs.availabilityZones,
  HealthCheckType: inputs.healthCheckType,
  HealthCheckGracePeriod: inputs.healthCheckGracePeriod,
  DefaultCooldown: inputs.defaultCooldown,
  DefaultInstanceWarmup: inputs.defaultInstanceWarmup,
  TerminationPolicies: inputs.terminationPolicies,
  NewInstancesProtectedFromScaleIn: inputs.protectFromScaleIn,
  CapacityRebalance: inputs.capacityRebalance,
  MaxInstanceLifetime: inputs.maxInstanceLifetime,
  InstanceMaintenancePolicy: toApi<object | undefined>(inputs.instanceMaintenancePolicy),
});
