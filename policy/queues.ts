import type { PolicyResource } from "@pulumi/policy";
import { once } from "./once";
import type { Matcher } from "./references";
import { regionOf } from "./references";
import { readFlag, readNumber, readText } from "./unknown-values";

const queueArn = /^arn:[^:]+:sqs:(?<region>[^:]*):(?<account>[^:]*):(?<name>[^:]+)$/;

export const queuesIn = once((resources: PolicyResource[]) =>
  resources.filter((resource) => resource.type === "aws:sqs/queue:Queue"),
);

/** The queue's name in an ARN. Undefined if the text is not the ARN of a queue. */
export const queueNameInArn = (arn: string) => queueArn.exec(arn)?.groups?.name;

const nameOf = (queue: PolicyResource): string[] => textOf(queue, "name");

const textOf = (queue: PolicyResource, property: string): string[] => {
  const text = readText(queue, property);
  return typeof text === "string" ? [text] : [];
};

export const isNamed: Matcher = {
  matches: (name, queue) => readText(queue, "name") === name,
  keysOf: nameOf,
  keysIn: (name) => [name],
};

export const hasArn: Matcher = {
  matches(arn, queue) {
    const known = readText(queue, "arn");
    if (typeof known === "string") return known === arn;
    const parts = queueArn.exec(arn)?.groups;
    return (
      parts !== undefined &&
      isNamed.matches(parts.name ?? "", queue) &&
      isIn(queue, parts.region ?? "")
    );
  },
  keysOf: (queue) => [...textOf(queue, "arn"), ...nameOf(queue)],
  keysIn: (arn) => [arn, queueNameInArn(arn) ?? arn],
};

const isIn = (queue: PolicyResource, region: string) => {
  const known = regionOf(queue);
  return known === undefined || known === region;
};

const nameInUrl = (url: string): string => url.split("/").at(-1) ?? "";

export const hasUrl: Matcher = {
  matches(url, queue) {
    const known = readText(queue, "url");
    if (typeof known === "string") return known === url;
    const region = /^https:\/\/sqs\.([^.]+)\./.exec(url)?.[1];
    return isNamed.matches(nameInUrl(url), queue) && (region === undefined || isIn(queue, region));
  },
  keysOf: (queue) => [...textOf(queue, "url"), ...nameOf(queue)],
  keysIn: (url) => [url, nameInUrl(url)],
};

/** The name of a queue for messages: its name in the program and, if known, its name in AWS. */
export function describe(resource: PolicyResource, property = "name"): string {
  const physical = readText(resource, property);
  return typeof physical === "string" && physical !== resource.name
    ? `"${resource.name}" (${physical})`
    : `"${resource.name}"`;
}

/** Seconds. SQS uses these if the program sets nothing. */
const defaults = { messageRetentionSeconds: 345_600, visibilityTimeoutSeconds: 30 };

export const retentionSeconds = (queue: PolicyResource) =>
  readNumber(queue, "messageRetentionSeconds") ?? defaults.messageRetentionSeconds;

export const visibilitySeconds = (queue: PolicyResource) =>
  readNumber(queue, "visibilityTimeoutSeconds") ?? defaults.visibilityTimeoutSeconds;

export const isFifo = (queue: PolicyResource) => readFlag(queue, "fifoQueue") ?? false;
