import { ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { number, regional, required, string } from "../shape";
import { gone, groupAndName } from "./autoscaling-policy";

export const lifecycleHook = resourceType({
  type: "aws:autoscaling/lifecycleHook:LifecycleHook",
  shape: {
    ...regional,
    name: string({ replaces: true, computed: true }),
    autoscalingGroupName: required(string({ replaces: true })),
    lifecycleTransition: required(
      string({
        oneOf: ["autoscaling:EC2_INSTANCE_LAUNCHING", "autoscaling:EC2_INSTANCE_TERMINATING"],
      }),
    ),
    defaultResult: string({ computed: true, oneOf: ["CONTINUE", "ABANDON"] }),
    heartbeatTimeout: number({ range: [30, 7200] }),
    notificationMetadata: string(),
    notificationTargetArn: string(),
    roleArn: string(),
  },
  name: { property: "name", maxLength: 255 },
  importId: groupAndName,
  async put(inputs, { clients }) {
    await clients.autoScaling.putLifecycleHook({
      LifecycleHookName: inputs.name,
      AutoScalingGroupName: inputs.autoscalingGroupName,
      LifecycleTransition: inputs.lifecycleTransition,
      DefaultResult: inputs.defaultResult,
      HeartbeatTimeout: inputs.heartbeatTimeout,
      NotificationMetadata: inputs.notificationMetadata,
      NotificationTargetARN: inputs.notificationTargetArn,
      RoleARN: inputs.roleArn,
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
