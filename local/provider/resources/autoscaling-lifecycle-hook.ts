import { ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { type Infer, number, regional, required, string } from "../shape";
import { gone, groupAndName } from "./autoscaling-policy";

export const lifecycleTransitions = [
  "autoscaling:EC2_INSTANCE_LAUNCHING",
  "autoscaling:EC2_INSTANCE_TERMINATING",
] as const;

export const hookSettings = {
  defaultResult: string({ computed: true, oneOf: ["CONTINUE", "ABANDON"] }),
  heartbeatTimeout: number({ range: [30, 7200] }),
  notificationMetadata: string(),
  notificationTargetArn: string(),
  roleArn: string(),
};

export const hookRequest = (settings: Infer<typeof hookSettings>) => ({
  DefaultResult: settings.defaultResult,
  HeartbeatTimeout: settings.heartbeatTimeout,
  NotificationMetadata: settings.notificationMetadata,
  NotificationTargetARN: settings.notificationTargetArn,
  RoleARN: settings.roleArn,
});

export const lifecycleHook = resourceType({
  type: "aws:autoscaling/lifecycleHook:LifecycleHook",
  shape: {
    ...regional,
    name: string({ replaces: true, computed: true }),
    autoscalingGroupName: required(string({ replaces: true })),
    lifecycleTransition: required(string({ oneOf: lifecycleTransitions })),
    ...hookSettings,
  },
  name: { property: "name", maxLength: 255 },
  importId: groupAndName,
  async put(inputs, { clients }) {
    await clients.autoScaling.putLifecycleHook({
      ...hookRequest(inputs),
      LifecycleHookName: inputs.name,
      AutoScalingGroupName: inputs.autoscalingGroupName,
      LifecycleTransition: inputs.lifecycleTransition,
    });
    return inputs.name ?? "";
  },
  async read(id, { clients }, { autoscalingGroupName }) {
    const { LifecycleHooks } = await clients.autoScaling.describeLifecycleHooks({
      AutoScalingGroupName: autoscalingGroupName,
      LifecycleHookNames: [id],
    });
    const found = LifecycleHooks?.find(({ LifecycleHookName }) => LifecycleHookName === id);
    if (found === undefined) return undefined;
    return {
      name: id,
      autoscalingGroupName: found.AutoScalingGroupName,
      lifecycleTransition: found.LifecycleTransition,
      defaultResult: found.DefaultResult,
      heartbeatTimeout: found.HeartbeatTimeout,
      notificationMetadata: found.NotificationMetadata,
      notificationTargetArn: found.NotificationTargetARN,
      roleArn: found.RoleARN,
    };
  },
  async delete(LifecycleHookName, { autoscalingGroupName: AutoScalingGroupName }, { clients }) {
    await ignoreGone(
      gone,
      clients.autoScaling.deleteLifecycleHook({ AutoScalingGroupName, LifecycleHookName }),
    );
  },
});
