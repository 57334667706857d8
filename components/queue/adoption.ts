import type * as pulumi from "@pulumi/pulumi";
import type { MonitoredQueueArgs } from "./queue-arguments";

/** Everything that may be set otherwise on a queue made by hand. An import whose inputs differ from what
 *  it finds fails, so the adopting `up` leaves these as they are; the next one, without `adopt`, sets them. */
const settings = [
  "visibilityTimeoutSeconds",
  "messageRetentionSeconds",
  "receiveWaitTimeSeconds",
  "redrivePolicy",
  "redriveAllowPolicy",
  "policy",
  "sqsManagedSseEnabled",
  "kmsMasterKeyId",
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
