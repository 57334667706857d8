import type { PolicyResource } from "@pulumi/policy";
import type { Matcher } from "./references";
import { readFlag, readNumber, readText } from "./unknown-values";

const queueArn = /^arn:[^:]+:sqs:(?<region>[^:]*):(?<account>[^:]*):(?<name>[^:]+)$/;

export const queuesIn = (resources: PolicyResource[]) =>
  resources.filter((resource) => resource.type === "aws:sqs/queue:Queue");

/** The name in a queue's ARN; undefined for anything that is not one. */
export const queueNameInArn = (arn: string) => queueArn.exec(arn)?.groups?.name;

export const isNamed: Matcher = (name, queue) => readText(queue, "name") === name;

export const hasArn: Matcher = (arn, queue) => {
  const known = readText(queue, "arn");
  if (typeof known === "string") return known === arn;
  const parts = queueArn.exec(arn)?.groups;
  const region = readText(queue, "region");
  return (
    parts !== undefined &&
    isNamed(parts.name ?? "", queue) &&
    (typeof region !== "string" || region === parts.region)
  );
};

export const hasUrl: Matcher = (url, queue) => {
  const known = readText(queue, "url");
  return typeof known === "string" ? known === url : isNamed(url.split("/").at(-1) ?? "", queue);
};

/** How messages call a queue: its name in the program and, where known, the one in AWS. */
export function describe(resource: PolicyResource, property = "name"): string {
  const physical = readText(resource, property);
  return typeof physical === "string" && physical !== resource.name
    ? `"${resource.name}" (${physical})`
    : `"${resource.name}"`;
}

/** Seconds; SQS takes these where the program says nothing. */
const defaults = { messageRetentionSeconds: 345_600, visibilityTimeoutSeconds: 30 };

export const retentionSeconds = (queue: PolicyResource) =>
  readNumber(queue, "messageRetentionSeconds") ?? defaults.messageRetentionSeconds;

export const visibilitySeconds = (queue: PolicyResource) =>
  readNumber(queue, "visibilityTimeoutSeconds") ?? defaults.visibilityTimeoutSeconds;

export const isFifo = (queue: PolicyResource) => readFlag(queue, "fifoQueue") ?? false;
