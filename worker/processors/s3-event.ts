import type { z } from "zod";
import {
  type s3EventRecordSchema,
  s3EventSchema,
  s3TestEventSchema,
  snsEnvelopeSchema,
} from "../../contracts/messages";
import { PermanentError } from "../job/errors";

/** What happened to one object of a bucket, with its key as the S3 API wants it. */
export interface S3ObjectEvent {
  action: "created" | "removed";
  bucket: string;
  key: string;
  /** Undefined in a bucket without versions. */
  versionId: string | undefined;
  /** Bytes, as the event has it. */
  size: number | undefined;
  eTag: string | undefined;
  eventTime: Date;
  eventName: string;
  sequencer: string | undefined;
}

export type S3Message =
  | { kind: "objects"; objects: S3ObjectEvent[] }
  /** S3's own test of a notification: understood, nothing to do. */
  | { kind: "test"; bucket: string };

/** Whether a body means to be an S3 notification, right or wrong; for queues that carry other messages
 *  as well. */
export function isS3Message(body: string): boolean {
  const event = unwrap(body, () => undefined);
  if (typeof event !== "object" || event === null) {
    return false;
  }
  const hasRecords = "Records" in event && Array.isArray(event.Records);
  return (
    s3TestEventSchema.safeParse(event).success ||
    (hasRecords && JSON.stringify(event).includes('"aws:s3"'))
  );
}

const actions = [
  ["ObjectCreated:", "created"],
  ["ObjectRemoved:", "removed"],
  ["LifecycleExpiration:", "removed"],
] as const;

/** Reads a message's body as an S3 notification, wrapped by SNS or not. Throws a PermanentError that
 *  says what the body is instead: trying again cannot change it. */
export function parseS3Message(body: string): S3Message {
  const event = unwrap(body, (text) => {
    throw new PermanentError(`the body is not JSON (${excerpt(text)})`);
  });

  const test = s3TestEventSchema.safeParse(event);
  if (test.success) {
    return { kind: "test", bucket: test.data.Bucket };
  }
  if (typeof event !== "object" || event === null || !("Records" in event)) {
    throw new PermanentError(`the body is not an S3 event: it has no Records (${excerpt(body)})`);
  }
  const parsed = s3EventSchema.safeParse(event);
  if (!parsed.success) {
    throw new PermanentError(`the body is not an S3 event we know: ${faults(parsed.error, event)}`);
  }
  return { kind: "objects", objects: parsed.data.Records.map(objectEvent) };
}

function objectEvent(record: z.output<typeof s3EventRecordSchema>): S3ObjectEvent {
  const action = actions.find(([prefix]) => record.eventName.startsWith(prefix))?.[1];
  if (action === undefined) {
    throw new PermanentError(
      `the event is ${record.eventName}; this worker knows ObjectCreated:*, ObjectRemoved:* and LifecycleExpiration:*. ` +
        "Narrow the bucket's notification",
    );
  }
  const { object, bucket } = record.s3;
  return {
    action,
    bucket: bucket.name,
    key: decodeKey(object.key),
    versionId: object.versionId,
    size: object.size,
    eTag: object.eTag,
    eventTime: new Date(record.eventTime),
    eventName: record.eventName,
    sequencer: object.sequencer,
  };
}

/** S3 encodes keys like an HTML form: a space is "+", a plus sign is "%2B". */
function decodeKey(encoded: string): string {
  let key: string;
  try {
    key = decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    throw new PermanentError(`the key "${encoded}" is not URL-encoded as S3 does it`);
  }
  if (key.includes("\0")) {
    throw new PermanentError(`the key "${encoded}" has a zero character in it`);
  }
  return key;
}

function unwrap(body: string, onNoJson: (text: string) => undefined): unknown {
  const json = parseJson(body, onNoJson);
  const envelope = snsEnvelopeSchema.safeParse(json);
  return envelope.success ? parseJson(envelope.data.Message, onNoJson) : json;
}

function parseJson(text: string, onNoJson: (text: string) => undefined): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return onNoJson(text);
  }
}

function faults(error: z.ZodError, event: unknown): string {
  return error.issues
    .map((issue) => {
      const value = issue.path.reduce<unknown>(
        (at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step],
        event,
      );
      const given = value === undefined ? "is missing" : `is ${excerpt(JSON.stringify(value))}`;
      return `${issue.path.join(".")} ${given}: ${issue.message}`;
    })
    .join("; ");
}

function excerpt(text: string): string {
  if (text === "") {
    return "it is empty";
  }
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
