import type { PolicyResource, ResourceValidationArgs } from "@pulumi/policy";

const declares = new Map<string, boolean>();

/** Notes what the program says of a queue. The whole stack is judged by what its resources will be, and there a
 *  deployed queue keeps the redrive policy that the program no longer has: AWS does not take it away, although
 *  the same update may delete the queue that it names. */
export function noteDeclaredRedrive({ type, urn, props }: ResourceValidationArgs): void {
  if (type === "aws:sqs/queue:Queue") declares.set(urn, "redrivePolicy" in props);
}

/** Queues that were not noted, such as those outside of `--target`, get the benefit of the doubt. */
export const isLeftOver = (holder: PolicyResource) => declares.get(holder.urn) === false;
