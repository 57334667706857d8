import type { Found } from "./inspect";

/** Attributes of a queue by the property of its Pulumi resource. */
const attributes: Readonly<Record<string, string>> = {
  visibilityTimeoutSeconds: "VisibilityTimeout",
  messageRetentionSeconds: "MessageRetentionPeriod",
  receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
  maxMessageSize: "MaximumMessageSize",
  delaySeconds: "DelaySeconds",
  redrivePolicy: "RedrivePolicy",
  redriveAllowPolicy: "RedriveAllowPolicy",
  policy: "Policy",
  sqsManagedSseEnabled: "SqsManagedSseEnabled",
  kmsMasterKeyId: "KmsMasterKeyId",
};

/** Values that SQS has if the program sets none. */
const defaults: Readonly<Record<string, string>> = { delaySeconds: "0" };

/** What the second update will change, property by property: "delaySeconds 5 → 0". */
export function differences({ type, inputs, existing }: Found): string[] {
  if (existing === undefined) return [];
  if (type === "aws:sqs/queue:Queue") {
    const actual = existing.attributes as Record<string, string | undefined>;
    return Object.entries(attributes).flatMap(([property, attribute]) => {
      const wanted = textOf(inputs[property]) ?? defaults[property] ?? "";
      const is = actual[attribute] ?? "";
      return same(wanted, is) ? [] : [`${property} ${shown(is)} → ${shown(wanted)}`];
    });
  }
  if (type === "aws:s3/bucketVersioning:BucketVersioning") {
    return existing.Status === "Enabled" ? [] : [`status ${textOf(existing.Status)} → Enabled`];
  }
  // Lists and documents: what is there is shown whole, because nothing of it is lost without being named.
  return [shown(JSON.stringify(existing))];
}

const textOf = (value: unknown): string | undefined =>
  value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);

const shown = (text: string): string =>
  text === "" ? "(none)" : text.length > 60 ? `${text.slice(0, 60)}…` : text;

/** Documents are compared by their content. */
function same(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
  } catch {
    return false;
  }
}
