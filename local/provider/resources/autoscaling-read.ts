import type { AutoScalingGroup } from "@aws-sdk/client-auto-scaling";
import type { Clients } from "../clients";

export async function readGroup(
  { autoScaling }: Clients,
  name: string,
): Promise<AutoScalingGroup | undefined> {
  const { AutoScalingGroups } = await autoScaling.describeAutoScalingGroups({
    AutoScalingGroupNames: [name],
  });
  return AutoScalingGroups?.[0];
}
