import type { RefreshPreferences } from "@aws-sdk/client-auto-scaling";
import { toApi } from "../api-case";
import { ignoreGone } from "../gone";
import type { ResourceContext } from "../resource-type";
import { boolean, type Infer, list, number, object, required, set, string } from "../shape";

export const instanceRefresh = object({
  strategy: required(string({ oneOf: ["Rolling"] })),
  triggers: set(string()),
  preferences: object({
    minHealthyPercentage: number(),
    maxHealthyPercentage: number(),
    instanceWarmup: string(),
    checkpointDelay: string(),
    checkpointPercentages: list(number()),
    skipMatching: boolean(),
    autoRollback: boolean(),
    scaleInProtectedInstances: string(),
    standbyInstances: string(),
    alarmSpecification: object({ alarms: list(string()) }),
  }),
});

/** A changed template (or a trigger in the program) starts a refresh. The update does not wait for its end. */
export async function refreshInstances(
  AutoScalingGroupName: string,
  refresh: Infer<{ refresh: typeof instanceRefresh }>["refresh"],
  changed: ReadonlySet<string>,
  { clients, progress }: ResourceContext,
): Promise<void> {
  if (refresh === undefined) return;
  const triggers = ["launchTemplate", "mixedInstancesPolicy", ...(refresh.triggers ?? [])];
  // The triggers are named as Terraform does: "tag" is the property tags.
  if (
    !triggers.some((trigger) => changed.has(trigger) || (trigger === "tag" && changed.has("tags")))
  ) {
    return;
  }
  const { instanceWarmup, checkpointDelay, ...preferences } = refresh.preferences ?? {};
  await ignoreGone(
    ["ActiveInstanceRefreshNotFound", "ActiveInstanceRefreshNotFoundFault"],
    clients.autoScaling.cancelInstanceRefresh({ AutoScalingGroupName }),
  );
  const { InstanceRefreshId } = await clients.autoScaling.startInstanceRefresh({
    AutoScalingGroupName,
    Strategy: "Rolling",
    Preferences: {
      ...toApi<RefreshPreferences>(preferences),
      InstanceWarmup: instanceWarmup === undefined ? undefined : Number(instanceWarmup),
      CheckpointDelay: checkpointDelay === undefined ? undefined : Number(checkpointDelay),
    },
  });
  progress(`instance refresh ${InstanceRefreshId ?? ""} of ${AutoScalingGroupName} started`);
}
