import type { PolicyResource } from "@pulumi/policy";
import { deliveriesOf, nameOfBucket } from "../deliveries";
import { isSameQueue, overlapOf } from "../notifications";
import { once } from "../once";
import { describe, queuesIn } from "../queues";
import { follow, type Matcher } from "../references";
import type { Findings } from "../stack-rule";
import { stackRule } from "../stack-rule";
import { notKnown, readLength, readText } from "../unknown-values";

/** `Bucket` of provider v6 and v7, and v6's `BucketV2`. */
const bucketTypes = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];

const bucketsIn = once((resources: PolicyResource[]) =>
  resources.filter(({ type }) => bucketTypes.includes(type)),
);

export const bucketNotifiesQueueOnce = stackRule({
  name: "bucket-notifies-queue-once",
  description: "A bucket notifies a queue once for each upload, by whatever way.",
  reason:
    "A bucket has only one notification configuration: a second resource overwrites the first in every update, " +
    "and overlapping filters send every upload twice.",
  severity: "critical",
  enforcementLevel: "mandatory",
  settings: { defaults: {}, schema: {} },
  judge: (resources, _settings, findings) => {
    const queues = queuesIn(resources);
    const notifications = resources.filter(
      ({ type }) => type === "aws:s3/bucketNotification:BucketNotification",
    );
    judgeBuckets(notifications, resources, findings);
    for (const notification of notifications) {
      judgeQueues(notification, queues, resources, findings);
    }
  },
});

const isBucket: Matcher = {
  matches: (name, bucket) => readText(bucket, "bucket") === name,
  keysOf(bucket) {
    const name = readText(bucket, "bucket");
    return typeof name === "string" ? [name] : [];
  },
  keysIn: (name) => [name],
};

function judgeBuckets(
  notifications: PolicyResource[],
  resources: PolicyResource[],
  findings: Findings,
): void {
  const buckets = bucketsIn(resources);
  const first = new Map<PolicyResource | string, PolicyResource>();
  for (const notification of notifications) {
    const reference = follow(notification, ["bucket"], buckets, isBucket);
    if (reference.kind === "absent") continue;
    if (reference.kind === "unknown") {
      findings.undecided(
        notification,
        `which bucket notification "${notification.name}" configures: ${reference.why}`,
      );
      continue;
    }
    const key = reference.kind === "here" ? reference.resource : reference.value;
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, notification);
      continue;
    }
    const bucket = typeof key === "string" ? `"${key}"` : describe(key, "bucket");
    findings.violation(
      notification,
      `bucket ${bucket} has two notification resources, "${earlier.name}" and "${notification.name}"; ` +
        `each overwrites the other. Put all configurations into "${earlier.name}".`,
    );
  }
}

function judgeQueues(
  notification: PolicyResource,
  queues: PolicyResource[],
  resources: PolicyResource[],
  findings: Findings,
): void {
  const label = `notification "${notification.name}"`;
  if (readLength(notification, "queues") === notKnown) {
    findings.undecided(
      notification,
      `whether ${label} notifies a queue twice: queues is not known yet`,
    );
  }
  const bucket = nameOfBucket(follow(notification, ["bucket"], bucketsIn(resources), isBucket));
  const deliveries = deliveriesOf(notification, bucket, queues, resources);
  for (const [position, one] of deliveries.entries()) {
    for (const other of deliveries.slice(position + 1)) {
      const same = isSameQueue(one.queue, other.queue);
      if (same === false) continue;
      const pair = `${one.label} and ${other.label} of ${label}`;
      if (one.filter === undefined || other.filter === undefined) {
        findings.undecided(notification, `whether ${pair} overlap: a filter is not known yet`);
        continue;
      }
      const overlap = overlapOf(one.filter, other.filter);
      if (overlap === undefined) continue;
      if (same === undefined) {
        findings.undecided(
          notification,
          `whether ${pair} name one queue: an ARN is not known yet, and both match ${overlap}`,
        );
      } else if (one.isNarrowed || other.isNarrowed) {
        findings.undecided(
          notification,
          `whether ${pair} deliver one upload twice to one queue: a filter on the way narrows what they deliver`,
        );
      } else {
        findings.violation(
          notification,
          `${pair} both match ${overlap} for one queue, so the queue gets two messages for an upload. ` +
            "Keep one of them, or give them events, filterPrefix or filterSuffix that exclude each other.",
        );
      }
    }
  }
}
