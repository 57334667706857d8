import type { RefreshPreferences } from "@aws-sdk/client-auto-scaling";
import { toApi } from "../api-case";
import { ifThere } from "../gone";
import type { ResourceContext } from "../resource-type";
import { waitUntil } from "../../process/wait";
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
  context: ResourceContext,
): Promise<void> {
  const { clients, progress } = context;
  if (refresh === undefined) return;
  const triggers = ["launchTemplate", "mixedInstancesPolicy", ...(refresh.triggers ?? [])];
  // The triggers are named as Terraform does: "tag" is the property tags.
  if (
    !triggers.some((trigger) => changed.has(trigger) || (trigger === "tag" && changed.has("tags")))
  ) {
    return;
  }
  const { instanceWarmup, checkpointDelay, ...preferences } = refresh.preferences ?? {};
  await cancelRunning(AutoScalingGroupName, context);
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

/** A group has one refresh at a time. The official provider waits 15 minutes for the end of the former one too. */
async function cancelRunning(
  AutoScalingGroupName: string,
  { clients: { autoScaling }, progress, signal }: ResourceContext,
): Promise<void> {
  const cancelled = await ifThere(
    ["ActiveInstanceRefreshNotFound", "ActiveInstanceRefreshNotFoundFault"],
    autoScaling.cancelInstanceRefresh({ AutoScalingGroupName }),
  );
  if (cancelled === undefined) return;
  progress(`the instance refresh of ${AutoScalingGroupName} that is in progress is cancelled`);
  await waitUntil(
    async () => {
      const { InstanceRefreshes } = await autoScaling.describeInstanceRefreshes({
        AutoScalingGroupName,
        InstanceRefreshIds: [cancelled.InstanceRefreshId ?? ""],
      });
      return InstanceRefreshes?.[0]?.Status !== "Cancelling";
    },
    {
      what: `the cancellation of the instance refresh of ${AutoScalingGroupName}`,
      withinMs: 15 * 60_000,
      everyMs: 200,
      givenUpWhen: () => (signal.aborted ? "cancelled" : undefined),
    },
  );
}
