import { each, type Drift } from "./drift";
import { admit, newKey, newQueue } from "../surroundings";

const attributes = (table: Record<string, Record<string, string>>) =>
  each(table, ({ sqs }, QueueUrl, Attributes) => sqs.setQueueAttributes({ QueueUrl, Attributes }));

const redrive = (arn: string | undefined, maxReceiveCount: number) =>
  JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount });
const redriveAllow = (redrivePermission: string) => JSON.stringify({ redrivePermission });

const removals: Drift["removals"] = {
  it: ({ sqs }, QueueUrl) => sqs.deleteQueue({ QueueUrl }),
};

export const sqsDrifts: Drift[] = [
  {
    type: "aws:sqs/queue:Queue",
    prepare: (under) => newQueue(under, "dead-letters"),
    inputs: ({ arn = "" }) => ({
      name: "files",
      policy: admit("s3.amazonaws.com", "sqs:SendMessage", "*"),
      redrivePolicy: redrive(arn, 3),
      redriveAllowPolicy: redriveAllow("denyAll"),
      maxMessageSize: 65_536,
      sqsManagedSseEnabled: true,
      tags: { Project: "files" },
    }),
    fixed: ["fifoQueue"],
    byHand: {
      ...attributes({
        visibilityTimeoutSeconds: { VisibilityTimeout: "900" },
        messageRetentionSeconds: { MessageRetentionPeriod: "60" },
        maxMessageSize: { MaximumMessageSize: "1024" },
        delaySeconds: { DelaySeconds: "7" },
        receiveWaitTimeSeconds: { ReceiveMessageWaitTimeSeconds: "20" },
        policy: { Policy: admit("sns.amazonaws.com", "sqs:*", "*") },
        redrivePolicy: { RedrivePolicy: "" },
        redriveAllowPolicy: { RedriveAllowPolicy: redriveAllow("allowAll") },
        sqsManagedSseEnabled: { SqsManagedSseEnabled: "false" },
      }),
      tags: ({ sqs }, QueueUrl) => sqs.untagQueue({ QueueUrl, TagKeys: ["Project"] }),
    },
    removals,
  },
  {
    type: "aws:sqs/queue:Queue",
    variant: "encrypted with a key",
    prepare: async (under) => ({ key: await newKey(under), other: await newKey(under) }),
    inputs: ({ key = "" }) => ({
      name: "secrets",
      kmsMasterKeyId: key,
      kmsDataKeyReusePeriodSeconds: 600,
    }),
    byHand: {
      kmsMasterKeyId: ({ sqs }, QueueUrl, { other = "" }) =>
        sqs.setQueueAttributes({ QueueUrl, Attributes: { KmsMasterKeyId: other } }),
      ...attributes({ kmsDataKeyReusePeriodSeconds: { KmsDataKeyReusePeriodSeconds: "60" } }),
    },
    removals,
  },
  {
    type: "aws:sqs/queue:Queue",
    variant: "FIFO",
    inputs: {
      name: "ordered.fifo",
      fifoQueue: true,
      deduplicationScope: "messageGroup",
      fifoThroughputLimit: "perMessageGroupId",
    },
    byHand: attributes({
      contentBasedDeduplication: { ContentBasedDeduplication: "true" },
      deduplicationScope: { DeduplicationScope: "queue" },
      fifoThroughputLimit: { FifoThroughputLimit: "perQueue" },
    }),
    removals,
  },
  {
    type: "aws:sqs/queuePolicy:QueuePolicy",
    prepare: (under) => newQueue(under, "with-policy"),
    inputs: ({ url = "", arn = "" }) => ({
      queueUrl: url,
      policy: admit("s3.amazonaws.com", "sqs:SendMessage", arn),
    }),
    fixed: ["queueUrl"],
    byHand: attributes({ policy: { Policy: admit("s3.amazonaws.com", "sqs:*", "*") } }),
    removals: {
      it: ({ sqs }, QueueUrl) => sqs.setQueueAttributes({ QueueUrl, Attributes: { Policy: "" } }),
      "its queue": ({ sqs }, QueueUrl) => sqs.deleteQueue({ QueueUrl }),
    },
  },
  {
    type: "aws:sqs/redrivePolicy:RedrivePolicy",
    prepare: async (under) => ({
      ...(await newQueue(under, "source")),
      dlq: (await newQueue(under, "source-dlq")).arn,
    }),
    inputs: ({ url = "", dlq }) => ({ queueUrl: url, redrivePolicy: redrive(dlq, 3) }),
    fixed: ["queueUrl"],
    byHand: {
      redrivePolicy: ({ sqs }, QueueUrl, { dlq }) =>
        sqs.setQueueAttributes({ QueueUrl, Attributes: { RedrivePolicy: redrive(dlq, 1000) } }),
    },
    removals: {
      it: ({ sqs }, QueueUrl) =>
        sqs.setQueueAttributes({ QueueUrl, Attributes: { RedrivePolicy: "" } }),
      "its queue": ({ sqs }, QueueUrl) => sqs.deleteQueue({ QueueUrl }),
    },
  },
  {
    type: "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
    prepare: (under) => newQueue(under, "dlq"),
    inputs: ({ url = "" }) => ({ queueUrl: url, redriveAllowPolicy: redriveAllow("denyAll") }),
    fixed: ["queueUrl"],
    byHand: attributes({ redriveAllowPolicy: { RedriveAllowPolicy: redriveAllow("allowAll") } }),
    removals: {
      it: ({ sqs }, QueueUrl) =>
        sqs.setQueueAttributes({ QueueUrl, Attributes: { RedriveAllowPolicy: "" } }),
      "its queue": ({ sqs }, QueueUrl) => sqs.deleteQueue({ QueueUrl }),
    },
  },
];
