import type * as pulumi from "@pulumi/pulumi";
import type { MonitoredQueueArgs } from "./queue-arguments";

/** All settings that may be different on a queue that was created by hand. An import fails if the inputs differ
 *  from the existing queue. So the `up` with `adopt` ignores these settings, and the next `up`, without `adopt`,
 *  applies them. */
const settings = [
  "visibilityTimeoutSeconds",
  "messageRetentionSeconds",
  "receiveWaitTimeSeconds",
  "maxMessageSize",
  "delaySeconds",
  "redrivePolicy",
  "redriveAllowPolicy",
  "policy",
  "sqsManagedSseEnabled",
  "kmsMasterKeyId",
  "kmsDataKeyReusePeriodSeconds",
  "contentBasedDeduplication",
  "deduplicationScope",
  "fifoThroughputLimit",
  "tags",
];

const defaultUrl = ({ deployment }: MonitoredQueueArgs, name: string) =>
  `https://sqs.${deployment.region}.amazonaws.com/${deployment.accountId}/${name}`;

/** Import ids are queue URLs. */
export function adoption(
  args: MonitoredQueueArgs,
  which: "queue" | "deadLetterQueue",
): Pick<pulumi.CustomResourceOptions, "import"> & { ignoreChanges: string[] } {
  if (args.adopt === undefined || args.adopt === false) return { ignoreChanges: [] };
  const urls =
    args.adopt === true
      ? {
          queue: defaultUrl(args, args.queueName),
          deadLetterQueue: defaultUrl(args, args.deadLetterQueueName),
        }
      : { queue: args.adopt.queueUrl, deadLetterQueue: args.adopt.deadLetterQueueUrl };
  return { import: urls[which], ignoreChanges: settings };
}
