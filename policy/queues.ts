import type { PolicyResource } from "@pulumi/policy";
import type { Matcher } from "./references";
import { regionOf } from "./references";
import { readFlag, readNumber, readText } from "./unknown-values";

const queueArn = /^arn:[^:]+:sqs:(?<region>[^:]*):(?<account>[^:]*):(?<name>[^:]+)$/;

export const queuesIn = (resources: PolicyResource[]) =>
  resources.filter((resource) => resource.type === "aws:sqs/queue:Queue");

/** The queue's name in an ARN. Undefined if the text is not the ARN of a queue. */
export const queueNameInArn = (arn: string) => queueArn.exec(arn)?.groups?.name;

export const isNamed: Matcher = (name, queue) => readText(queue, "name") === name;

export const hasArn: Matcher = (arn, queue) => {
  const known = readText(queue, "arn");
  if (typeof known === "string") return known === arn;
  const parts = queueArn.exec(arn)?.groups;
  return parts !== undefined && isNamed(parts.name ?? "", queue) && isIn(queue, parts.region ?? "");
};

const isIn = (queue: PolicyResource, region: string) => {
  const known = regionOf(queue);
  return known === undefined || known === region;
};

export const hasUrl: Matcher = (url, queue) => {
  const known = readText(queue, "url");
  if (typeof known === "string") return known === url;
  const region = /^https:\/\/sqs\.([^.]+)\./.exec(url)?.[1];
  return (
    isNamed(url.split("/").at(-1) ?? "", queue) && (region === undefined || isIn(queue, region))
  );
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
