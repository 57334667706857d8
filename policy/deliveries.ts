import type { PolicyResource } from "@pulumi/policy";
import { once } from "./once";
import type { Filter } from "./notifications";
import { readFilter } from "./notifications";
import { hasArn } from "./queues";
import type { Matcher, Reference } from "./references";
import { follow } from "./references";
import type { Key } from "./unknown-values";
import { notKnown, readFlag, readLength, readText } from "./unknown-values";

/** One way from a bucket to a queue. */
export interface Delivery {
  /** For messages: "queues[0]", "topics[1] through subscription "s"". */
  label: string;
  queue: Reference;
  /** What is delivered. Undefined if a filter is not known yet. */
  filter: Filter | undefined;
  /** A filter on the way may let nothing or only a part through, which cannot be told from here. */
  isNarrowed: boolean;
}

const arnNames = (service: string, property = "name"): Matcher => ({
  matches(value, candidate) {
    // A rule's targets name it by its name, a topic's subscriptions by its ARN.
    if (!value.startsWith("arn:")) return readText(candidate, property) === value;
    const known = readText(candidate, "arn");
    if (typeof known === "string") return known === value;
    return value.split(":")[2] === service && readText(candidate, property) === lastPart(value);
  },
  keysOf: (candidate) =>
    ["arn", property].flatMap((key) => {
      const text = readText(candidate, key);
      return typeof text === "string" ? [text] : [];
    }),
  keysIn: (value) => [value, lastPart(value)],
});

const lastPart = (arn: string): string => arn.split(/[:/]/).at(-1) ?? "";

const isTopic = arnNames("sns");
const isRule = arnNames("events");

const ofType = (type: string) =>
  once((resources: PolicyResource[]) => resources.filter((one) => one.type === type));
const topicsIn = ofType("aws:sns/topic:Topic");
const subscriptionsIn = ofType("aws:sns/topicSubscription:TopicSubscription");
const rulesIn = ofType("aws:cloudwatch/eventRule:EventRule");
const targetsIn = ofType("aws:cloudwatch/eventTarget:EventTarget");

/** Every way by which a notification of a bucket reaches a queue: directly, through topics, and through EventBridge. */
export function deliveriesOf(
  notification: PolicyResource,
  bucketName: string | undefined,
  queues: PolicyResource[],
  resources: PolicyResource[],
): Delivery[] {
  const entries = (property: string) => {
    const count = readLength(notification, property);
    return count === notKnown ? [] : Array.from({ length: count }, (_, index) => index);
  };
  const direct = entries("queues").map((index): Delivery => ({
    label: `queues[${index}]`,
    queue: follow(notification, ["queues", index, "queueArn"], queues, hasArn),
    filter: readFilter(notification, "queues", index),
    isNarrowed: false,
  }));
  const throughTopics = entries("topics").flatMap((index) => {
    const topic = follow(notification, ["topics", index, "topicArn"], topicsIn(resources), isTopic);
    const filter = readFilter(notification, "topics", index);
    return subscribedTo(topic, queues, resources).map(({ label, queue, isNarrowed }): Delivery => ({
      label: `topics[${index}] through ${label}`,
      queue,
      filter,
      isNarrowed,
    }));
  });
  const onBus = readFlag(notification, "eventbridge") === true;
  return [
    ...direct,
    ...throughTopics,
    ...(onBus ? throughEventBridge(bucketName, queues, resources) : []),
  ];
}

function subscribedTo(
  topic: Reference,
  queues: PolicyResource[],
  resources: PolicyResource[],
): Omit<Delivery, "filter">[] {
  return subscriptionsIn(resources)
    .filter((subscription) => readText(subscription, "protocol") === "sqs")
    .filter((subscription) =>
      isSame(topic, follow(subscription, ["topic"], topicsIn(resources), isTopic)),
    )
    .map((subscription) => ({
      label: `subscription "${subscription.name}"`,
      queue: follow(subscription, ["endpoint"], queues, hasArn),
      isNarrowed: readText(subscription, "filterPolicy") !== undefined,
    }));
}

function throughEventBridge(
  bucketName: string | undefined,
  queues: PolicyResource[],
  resources: PolicyResource[],
): Delivery[] {
  return rulesIn(resources).flatMap((rule) => {
    const pattern = readText(rule, "eventPattern");
    if (typeof pattern !== "string") return [];
    const found = uploadsIn(pattern, bucketName);
    if (found === undefined) return [];
    return targetsIn(resources)
      .filter((target) =>
        isSame(
          { kind: "here", resource: rule },
          follow(target, ["rule"], rulesIn(resources), isRule),
        ),
      )
      .flatMap((target): Delivery[] => {
        const label = `rule "${rule.name}" and target "${target.name}"`;
        const queue = follow(target, ["arn"], queues, hasArn);
        const topic = follow(target, ["arn"], topicsIn(resources), isTopic);
        const direct: Delivery[] = queue.kind === "here" ? [{ label, queue, ...found }] : [];
        const further = topic.kind === "here" ? subscribedTo(topic, queues, resources) : [];
        return [
          ...direct,
          ...further.map((one) => ({
            label: `${label} through ${one.label}`,
            queue: one.queue,
            filter: found.filter,
            isNarrowed: found.isNarrowed || one.isNarrowed,
          })),
        ];
      });
  });
}

interface Pattern {
  source?: unknown[];
  "detail-type"?: unknown[];
  detail?: { bucket?: { name?: unknown[] }; object?: Record<string, unknown> };
}

const events: Readonly<Record<string, string>> = {
  "Object Created": "s3:ObjectCreated:*",
  "Object Deleted": "s3:ObjectRemoved:*",
};

/** What of a bucket's events a rule selects. Undefined if nothing. Source: S3 user guide, "EventBridge event structure". */
function uploadsIn(
  text: string,
  bucketName: string | undefined,
): Pick<Delivery, "filter" | "isNarrowed"> | undefined {
  let pattern: Pattern;
  try {
    pattern = JSON.parse(text) as Pattern;
  } catch {
    return undefined;
  }
  const { source, "detail-type": types, detail } = pattern;
  if (source !== undefined && !source.includes("aws.s3")) return undefined;
  const selected = (types ?? Object.keys(events)).flatMap((type) => events[String(type)] ?? []);
  const buckets = detail?.bucket?.name;
  if (selected.length === 0) return undefined;
  if (buckets !== undefined && bucketName !== undefined && !buckets.includes(bucketName)) {
    return undefined;
  }
  const isNarrowed =
    detail?.object !== undefined || (buckets !== undefined && bucketName === undefined);
  return { filter: { events: selected, prefix: "", suffix: "" }, isNarrowed };
}

const isSame = (one: Reference, other: Reference): boolean =>
  one.kind === "here" && other.kind === "here"
    ? one.resource === other.resource
    : one.kind === "elsewhere" && other.kind === "elsewhere" && one.value === other.value;

/** The name of a bucket, if the program states it. */
export function nameOfBucket(bucket: Reference): string | undefined {
  if (bucket.kind === "elsewhere") return bucket.value;
  if (bucket.kind !== "here") return undefined;
  const path: Key[] = ["bucket"];
  const name = readText(bucket.resource, ...path);
  return typeof name === "string" ? name : undefined;
}
