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

/** What is notified, by an ARN that is known before anything is deployed. */
export type NotificationTarget = { queueArn: string } | { lambdaFunctionArn: string };

export interface BucketNotificationArgs {
  bucket: PrivateBucket;
  target: NotificationTarget;
  /** "s3:ObjectCreated:*" … */
  events: string[];
  /** First and last part of the keys of the objects that are notified. Default: all. */
  filterPrefix?: string;
  filterSuffix?: string;
  adopt: Adopted;
  /** Notifications that an adopted bucket has: `{ kind: "queues", … }` and the properties of the entry. One to the same
   *  target is kept instead of this one. */
  kept?: readonly unknown[];
  removed?: readonly string[];
  dependsOn: pulumi.Resource[];
}

/** The notification configuration of a bucket. Only one resource per bucket: a second one would overwrite the first, and
 *  with two for one queue every upload would be processed twice. */
export function bucketNotification(name: string, args: BucketNotificationArgs): void {
  const { bucket, target, events, filterPrefix, filterSuffix, adopt } = args;
  if (waits(adopt, bucket.key, name)) return;
  const ownKind = "queueArn" in target ? "queues" : "lambdaFunctions";
  const filters = {
    ...(filterPrefix === undefined ? {} : { filterPrefix }),
    ...(filterSuffix === undefined ? {} : { filterSuffix }),
  };
  const entry = { ...target, events, ...filters };
  const value = { kind: ownKind, ...entry };
  const own = { id: ownName("queuefleet-", { value }), value };
  const kept = (kind: NotificationKind | "eventbridge") =>
    (args.kept ?? []).flatMap((one) => {
      const { kind: its, ...inputs } = one as { kind: NotificationKind };
      const isOther = !sameContent({ id: "", value: { kind: its, ...inputs } }, own);
      return its === kind && isOther ? [inputs] : [];
    });
  const isSameTarget = (one: object) =>
    Object.entries(target).every(([key, arn]) => (one as Record<string, unknown>)[key] === arn);
  // A second notification to the same target would have every upload processed twice, and S3 refuses it.
  const entries = <Entry extends object>(kind: NotificationKind): Entry[] => {
    const others = kept(kind) as Entry[];
    if (kind !== ownKind || others.some(isSameTarget)) return others;
    return [{ id: own.id, ...entry } as unknown as Entry, ...others];
  };
  const queues = entries<aws.types.input.s3.BucketNotificationQueue>("queues");
  const topics = entries<aws.types.input.s3.BucketNotificationTopic>("topics");
  const lambdaFunctions =
    entries<aws.types.input.s3.BucketNotificationLambdaFunction>("lambdaFunctions");
  new aws.s3.BucketNotification(
    name,
    {
      bucket: bucket.bucket,
      ...(queues.length > 0 ? { queues } : {}),
      ...(topics.length > 0 ? { topics } : {}),
      ...(lambdaFunctions.length > 0 ? { lambdaFunctions } : {}),
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
