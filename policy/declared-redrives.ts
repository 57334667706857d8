import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";

const declaresRedrive = new Map<string, boolean>();

/** Records whether the program itself sets a redrive policy on a queue. If a redrive policy is removed from the
 *  program, the state of the stack still shows the deployed one: AWS keeps it, although the same update may delete
 *  the queue that it names. */
export function noteDeclaredRedrive({ type, urn, props }: ResourceValidationArgs): void {
  if (type === "aws:sqs/queue:Queue") declaresRedrive.set(urn, "redrivePolicy" in props);
}

/** Whether only AWS still has the redrive policy. False for queues that were not recorded, such as those outside of
 *  `--target`. */
export const isLeftOver = (holder: PolicyResource) => declaresRedrive.get(holder.urn) === false;
