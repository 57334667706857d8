import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** What SQS cannot change on a queue: asking for it makes Pulumi replace the queue, and everything in it
 *  is lost. Ignored as a change, so that no engine ever plans the replacement, and refused below. */
export const identityProperties = ["name", "namePrefix", "fifoQueue"];

export interface QueueIdentity {
  name: string;
  fifo: boolean;
}

const kind = ({ name, fifo }: QueueIdentity) => `"${name}" (${fifo ? "FIFO" : "standard"})`;

/** The queue's URL, after a look at whether the queue that is deployed is the one the program asks for.
 *  On a deployed queue its name and kind are known in every preview, so the refusal comes there. */
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
      "A queue cannot be renamed or change its kind: it would be replaced, its messages lost, and its producers would send to a queue that is gone. So it was not replaced: ask for the deployed one again.\n" +
      "To migrate: add a second MonitoredQueue with the new name beside this one, let the consumers read both, " +
      "switch the producers, wait until the old queue and its dead-letter queue are empty, then remove the old component " +
      "(set protect: false in the update before).",
  );
}
