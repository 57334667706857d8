import { ignoreGone } from "../gone";
import { resourceType } from "../resource-type";
import { number, regional, required, string } from "../shape";
import { gone } from "./autoscaling-policy";

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
  /** `<group>/<hook>` */
  importId: (id) => ({
    id: id.slice(id.indexOf("/") + 1),
    properties: { autoscalingGroupName: id.slice(0, id.indexOf("/")) },
  }),
  async create(inputs, { clients }) {
    await clients.autoScaling.putLifecycleHook(hookRequest(inputs));
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
  async update(_id, inputs, _change, { clients }) {
    await clients.autoScaling.putLifecycleHook(hookRequest(inputs));
  },
  async delete(LifecycleHookName, { autoscalingGroupName: AutoScalingGroupName }, { clients }) {
    await ignoreGone(
      gone,
      clients.autoScaling.deleteLifecycleHook({ AutoScalingGroupName, LifecycleHookName }),
    );
  },
});

const hookRequest = (inputs: Parameters<typeof lifecycleHook.create>[0]) => ({
  LifecycleHookName: inputs.name,
  AutoScalingGroupName: inputs.autoscalingGroupName,
  LifecycleTransition: inputs.lifecycleTransition,
  DefaultResult: inputs.defaultResult,
  HeartbeatTimeout: inputs.heartbeatTimeout,
  NotificationMetadata: inputs.notificationMetadata,
  NotificationTargetARN: inputs.notificationTargetArn,
  RoleARN: inputs.roleArn,
});
