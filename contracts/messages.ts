import { z } from "zod";

/** What S3 puts into the body of a notification, as far as we read it. Keys are URL-encoded, spaces as
 *  "+". Source: S3 user guide, "Event message structure"; additions to 2.x are compatible. */
export const s3EventRecordSchema = z.object({
  eventVersion: z
    .string()
    .regex(/^2\.\d+$/, "is not a version 2.x, the only one this worker knows"),
  eventSource: z.literal("aws:s3"),
  eventTime: z.iso.datetime({ offset: true }),
  eventName: z.string().min(1),
  s3: z.object({
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1),
      size: z.number().optional(),
      eTag: z.string().optional(),
      versionId: z.string().optional(),
      sequencer: z.string().optional(),
    }),
  }),
});

export const s3EventSchema = z.object({ Records: z.array(s3EventRecordSchema).min(1) });

/** Sent once when a bucket's notification is set up; it stands for no object. */
export const s3TestEventSchema = z.object({
  Service: z.literal("Amazon S3"),
  Event: z.literal("s3:TestEvent"),
  Bucket: z.string(),
});

/** A message that came through a topic without raw delivery: the event is text inside. */
export const snsEnvelopeSchema = z.object({
  Type: z.literal("Notification"),
  TopicArn: z.string(),
  Message: z.string(),
});

/** Message attributes that a dead-lettered message has besides its own body and attributes. */
export const deadLetterAttributes = {
  /** Why: one or more lines for people. */
  reason: "deadLetterReason",
  /** Name of the queue it came from. */
  source: "deadLetterSource",
  /** How often it had been handed out. */
  attempts: "deadLetterAttempts",
  /** SQS allows ten attributes; where ours do not fit beside the message's own, this one holds the
   *  last of them as JSON (`packedAttributesSchema`), for whoever moves the message back. */
  packed: "deadLetterPackedAttributes",
  /** `gzip+base64` where the body was compressed because the attributes did not fit beside it. */
  bodyEncoding: "deadLetterBodyEncoding",
} as const;

/** SQS: "a message can have up to 10 attributes". */
export const maxMessageAttributes = 10;

/** SQS: largest message, body and attributes together, in bytes. */
export const maxMessageBytes = 1_048_576;

/** Binary values are base64. */
export const packedAttributesSchema = z.record(
  z.string(),
  z.object({ type: z.string(), value: z.string() }),
);
