import type { ByHand, Drift } from "./drift";
import { deleteBucket } from "./s3";
import type { ProviderUnderTest } from "../provider-under-test";
import { arnOf, newBucket, newFunction, newQueue, newTopic } from "../surroundings";

interface Told {
  Id: string;
  Events: string[];
  Arn: string;
  Rules: { Name: string; Value: string }[];
}

/** The three kinds of notifications, alike but for their names. */
const kinds = {
  queues: ["QueueConfigurations", "QueueArn", "queueArn"],
  topics: ["TopicConfigurations", "TopicArn", "topicArn"],
  lambdaFunctions: ["LambdaFunctionConfigurations", "LambdaFunctionArn", "lambdaFunctionArn"],
} as const;

const notification = (kind: keyof typeof kinds): Drift => {
  const [list, arnField, property] = kinds[kind];
  const change = (changed: (prepared: Record<string, string>) => Partial<Told>): ByHand => {
    return ({ s3 }, Bucket, prepared) => {
      const told = {
        Id: "uploads",
        Events: ["s3:ObjectCreated:*"],
        Arn: prepared.inbox ?? "",
        Rules: [
          { Name: "prefix", Value: "in/" },
          { Name: "suffix", Value: ".pdf" },
        ],
        ...changed(prepared),
      };
      const one = {
        Id: told.Id,
        Events: told.Events as "s3:ObjectCreated:*"[],
        [arnField]: told.Arn,
        Filter: { Key: { FilterRules: told.Rules as { Name: "prefix" }[] } },
      };
      return s3.putBucketNotificationConfiguration({
        Bucket,
        NotificationConfiguration: { [list]: [one] },
      });
    };
  };
  return {
    type: "aws:s3/bucketNotification:BucketNotification",
    variant: `to ${kind}`,
    prepare: async (under) => ({
      ...(await newBucket(under, `telling-${kind.toLowerCase()}`)),
      ...(kind === "queues" && {
        inbox: (await newQueue(under, "inbox")).arn,
        other: (await newQueue(under, "other")).arn,
      }),
      ...(kind === "topics" && {
        inbox: (await newTopic(under, "inbox")).topic,
        other: (await newTopic(under, "other")).topic,
      }),
      ...(kind === "lambdaFunctions" && {
        inbox: await newCalledFunction(under, "inbox"),
        other: await newCalledFunction(under, "other"),
      }),
    }),
    inputs: ({ bucket = "", inbox = "" }) => ({
      bucket,
      [kind]: [
        {
          id: "uploads",
          [property]: inbox,
          events: ["s3:ObjectCreated:*"],
          filterPrefix: "in/",
          filterSuffix: ".pdf",
        },
      ],
    }),
    fixed: ["bucket"],
    byHand: {
      [`${kind}.id`]: change(() => ({ Id: "by-hand" })),
      [`${kind}.events`]: change(() => ({ Events: ["s3:ObjectRemoved:*"] })),
      [`${kind}.filterPrefix`]: change(() => ({ Rules: [{ Name: "suffix", Value: ".pdf" }] })),
      [`${kind}.filterSuffix`]: change(() => ({ Rules: [{ Name: "prefix", Value: "in/" }] })),
      [`${kind}.${property}`]: change(({ other = "" }) => ({ Arn: other })),
      ...(kind === "queues" && {
        queues: async ({ s3 }, Bucket, { inbox }) => {
          const { QueueConfigurations = [] } = await s3.getBucketNotificationConfiguration({
            Bucket,
          });
          const second = { Id: "again", QueueArn: inbox, Events: ["s3:ObjectCreated:*" as const] };
          await s3.putBucketNotificationConfiguration({
            Bucket,
            NotificationConfiguration: { QueueConfigurations: [...QueueConfigurations, second] },
          });
        },
        eventbridge: async ({ s3 }, Bucket) => {
          const now = await s3.getBucketNotificationConfiguration({ Bucket });
          await s3.putBucketNotificationConfiguration({
            Bucket,
            NotificationConfiguration: {
              QueueConfigurations: now.QueueConfigurations,
              EventBridgeConfiguration: {},
            },
          });
        },
      }),
    },
    removals: {
      it: ({ s3 }, Bucket) =>
        s3.putBucketNotificationConfiguration({ Bucket, NotificationConfiguration: {} }),
      "its bucket": deleteBucket,
    },
  };
};

/** A function that buckets may call. Its ARN. */
async function newCalledFunction(under: ProviderUnderTest, name: string): Promise<string> {
  const { lambda } = under.clients;
  const known = await lambda.getFunction({ FunctionName: name }).catch(() => undefined);
  if (known === undefined) {
    await newFunction(under, name);
    await lambda.addPermission({
      FunctionName: name,
      StatementId: "buckets",
      Action: "lambda:InvokeFunction",
      Principal: "s3.amazonaws.com",
    });
  }
  return arnOf(under, "lambda", `function:${name}`);
}

export const s3NotificationDrifts: Drift[] = [
  notification("queues"),
  notification("topics"),
  notification("lambdaFunctions"),
];
