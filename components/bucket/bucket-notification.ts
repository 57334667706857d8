import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { imported, keepsForeign, waits, type Adopted, type Entry } from "../adoption";
import type { PrivateBucket } from "./private-bucket";

export interface BucketNotificationArgs {
  bucket: PrivateBucket;
  queueArn: string;
  /** "s3:ObjectCreated:*" … */
  events: string[];
  adopt: Adopted;
  /** Notifications that an adopted bucket has besides this one: `{ kind: "queues", … }` and the properties of the entry. */
  kept?: readonly unknown[];
  removed?: readonly string[];
  dependsOn: pulumi.Resource[];
}

const kinds = ["queues", "topics", "lambdaFunctions"] as const;
type Kind = (typeof kinds)[number];

/** The notification configuration of a bucket. Only one resource per bucket: a second one would overwrite the first, and
 *  with two for one queue every upload would be processed twice. */
export function bucketNotification(name: string, args: BucketNotificationArgs): void {
  const { bucket, queueArn, events, adopt } = args;
  if (waits(adopt, bucket.key, name)) return;
  const kept = (kind: Kind) =>
    (args.kept ?? []).flatMap((entry) => {
      const { kind: its, ...inputs } = entry as { kind: Kind };
      return its === kind ? [inputs] : [];
    });
  const keptOf = {
    topics: kept("topics") as aws.types.input.s3.BucketNotificationTopic[],
    lambdaFunctions: kept(
      "lambdaFunctions",
    ) as aws.types.input.s3.BucketNotificationLambdaFunction[],
  };
  new aws.s3.BucketNotification(
    name,
    {
      bucket: bucket.bucket,
      queues: [
        { queueArn, events },
        ...(kept("queues") as aws.types.input.s3.BucketNotificationQueue[]),
      ],
      ...(keptOf.topics.length > 0 ? { topics: keptOf.topics } : {}),
      ...(keptOf.lambdaFunctions.length > 0 ? { lambdaFunctions: keptOf.lambdaFunctions } : {}),
      ...((args.kept ?? []).some((entry) => (entry as { kind: string }).kind === "eventbridge")
        ? { eventbridge: true }
        : {}),
    },
    {
      dependsOn: args.dependsOn,
      ...imported(adopt, name, bucket.bucketName),
      ...keepsForeign(name, notificationsOf, (id) => id === queueArn, args.removed),
    },
  );
}

/** By the ARN of what is notified. */
function notificationsOf(inputs: Record<string, unknown>): Entry[] {
  const arns = { queues: "queueArn", topics: "topicArn", lambdaFunctions: "lambdaFunctionArn" };
  const listed = kinds.flatMap((kind) =>
    ((inputs[kind] ?? []) as Record<string, string>[]).map((entry) => ({
      id: entry[arns[kind]] ?? "",
    })),
  );
  return inputs.eventbridge === true ? [...listed, { id: "eventbridge" }] : listed;
}
