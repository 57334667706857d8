import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import {
  notificationsOf,
  ownName,
  sameContent,
  type NotificationKind,
} from "../../contracts/adoption";
import { imported, keepsForeign, waits, type Adopted } from "../adoption";
import type { PrivateBucket } from "./private-bucket";

export interface BucketNotificationArgs {
  bucket: PrivateBucket;
  queueArn: string;
  /** "s3:ObjectCreated:*" … */
  events: string[];
  adopt: Adopted;
  /** Notifications that an adopted bucket has: `{ kind: "queues", … }` and the properties of the entry. One to the same
   *  queue is kept instead of this one. */
  kept?: readonly unknown[];
  removed?: readonly string[];
  dependsOn: pulumi.Resource[];
}

/** The notification configuration of a bucket. Only one resource per bucket: a second one would overwrite the first, and
 *  with two for one queue every upload would be processed twice. */
export function bucketNotification(name: string, args: BucketNotificationArgs): void {
  const { bucket, queueArn, events, adopt } = args;
  if (waits(adopt, bucket.key, name)) return;
  const value = { kind: "queues", queueArn, events };
  const own = { id: ownName("queuefleet-", { value }), value };
  const kept = (kind: NotificationKind | "eventbridge") =>
    (args.kept ?? []).flatMap((entry) => {
      const { kind: its, ...inputs } = entry as { kind: NotificationKind };
      const isOther = !sameContent({ id: "", value: { kind: its, ...inputs } }, own);
      return its === kind && isOther ? [inputs] : [];
    });
  const queues = kept("queues") as aws.types.input.s3.BucketNotificationQueue[];
  const topics = kept("topics") as aws.types.input.s3.BucketNotificationTopic[];
  const functions = kept(
    "lambdaFunctions",
  ) as aws.types.input.s3.BucketNotificationLambdaFunction[];
  // A second notification to the same queue would have every upload processed twice, and S3 refuses it.
  const isTaken = queues.some((one) => one.queueArn === queueArn);
  new aws.s3.BucketNotification(
    name,
    {
      bucket: bucket.bucket,
      queues: [...(isTaken ? [] : [{ id: own.id, queueArn, events }]), ...queues],
      ...(topics.length > 0 ? { topics } : {}),
      ...(functions.length > 0 ? { lambdaFunctions: functions } : {}),
      ...(kept("eventbridge").length > 0 ? { eventbridge: true } : {}),
    },
    {
      dependsOn: args.dependsOn,
      ...imported(adopt, name, bucket.bucketName),
      ...keepsForeign(name, {
        entriesOf: notificationsOf,
        kept: args.kept,
        removed: args.removed,
      }),
    },
  );
}
