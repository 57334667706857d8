import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Properties that SQS cannot change on a queue. If they change, Pulumi replaces the queue, and all messages are
 *  lost. So a change is ignored, which prevents that any engine plans the replacement, and is refused below. */
export const identityProperties = ["name", "namePrefix", "fifoQueue"];

export interface QueueIdentity {
  name: string;
  fifo: boolean;
}

const kind = ({ name, fifo }: QueueIdentity) => `"${name}" (${fifo ? "FIFO" : "standard"})`;

/** The queue's URL, after a check that the deployed queue is the one that the program describes. The name and
 *  kind of a deployed queue are known in every preview, so a preview already fails. */
export function urlOfSameQueue(
  component: string,
  queue: aws.sqs.Queue,
  wanted: QueueIdentity,
): pulumi.Output<string> {
  return pulumi.all([queue.name, queue.fifoQueue, queue.url]).apply(([name, fifoQueue, url]) => {
    assertSameQueue(component, { name, fifo: fifoQueue ?? false }, wanted);
    return url;
  });
}

export function assertSameQueue(
  component: string,
  deployed: QueueIdentity,
  wanted: QueueIdentity,
): void {
  if (deployed.name === wanted.name && deployed.fifo === wanted.fifo) return;
  // A RunError is shown as it is, without a stack trace.
  throw new pulumi.RunError(
    `MonitoredQueue "${component}" is deployed as ${kind(deployed)} and the program now asks for ${kind(wanted)}. ` +
      "SQS cannot change the name or the kind of a queue: the queue would be replaced, its messages would be lost, and its producers would send to a deleted queue. So it was not replaced: use the deployed name and kind again.\n" +
      "To migrate: add a second MonitoredQueue with the new name beside this one, let the consumers read both, " +
      "switch the producers, wait until the old queue and its dead-letter queue are empty, then remove the old component " +
      "(set protect: false in the update before).",
  );
}
