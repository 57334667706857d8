import { z } from "zod";

/** The body of an S3 notification, limited to the fields that we read. Keys are URL-encoded, with spaces as
 *  "+". Source: S3 user guide, "Event message structure"; additions to 2.x are compatible. */
export const s3EventRecordSchema = z.object({
  eventVersion: z
    .string()
    .regex(/^2\.\d+$/, "is not a version 2.x, and this worker can only read 2.x"),
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

/** Sent once when a bucket's notification is set up. It is not about an object. */
export const s3TestEventSchema = z.object({
  Service: z.literal("Amazon S3"),
  Event: z.literal("s3:TestEvent"),
  Bucket: z.string(),
});

/** A message from a topic without raw delivery. `Message` contains the event as text. */
export const snsEnvelopeSchema = z.object({
  Type: z.literal("Notification"),
  TopicArn: z.string(),
  Message: z.string(),
});

/** Attributes that the worker adds to a dead-lettered message. Its body and its own attributes are kept. */
export const deadLetterAttributes = {
  /** Why it was dead-lettered, in one or more lines. */
  reason: "deadLetterReason",
  /** Name of the queue it came from. */
  source: "deadLetterSource",
  /** How often it had been received. */
  attempts: "deadLetterAttempts",
  /** SQS allows ten attributes. If there is no room for ours, this attribute contains the last of the message's
   *  own ones as JSON (`packedAttributesSchema`), so that they can be restored. */
  packed: "deadLetterPackedAttributes",
  /** `gzip+base64` if the body was compressed to make room for the attributes. */
  bodyEncoding: "deadLetterBodyEncoding",
} as const;

/** SQS: "a message can have up to 10 attributes". */
export const maxMessageAttributes = 10;

/** SQS: largest message, body and attributes together, in bytes. */
export const maxMessageBytes = 1_048_576;

/** Binary values are encoded in base64. */
export const packedAttributesSchema = z.record(
  z.string(),
  z.object({ type: z.string(), value: z.string() }),
);
