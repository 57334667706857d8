import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { MessageAttributeValue, SendMessageCommandInput } from "@aws-sdk/client-sqs";
import type { z } from "zod";
import {
  deadLetterAttributes as names,
  maxMessageAttributes,
  maxMessageBytes,
  type packedAttributesSchema,
} from "../../contracts/messages";
import type { WorkMessage } from "../job/message";

export interface DeadLetter {
  message: WorkMessage;
  reason: string;
  /** Name of the queue the message comes from. */
  source: string;
  attempts: number;
}

type Attributes = Record<string, MessageAttributeValue>;

const compress = promisify(gzip);

/** What to send to the dead-letter queue, the fullest form first: a body near the size limit leaves no room for a long
 *  reason, or for none unless it is compressed. Forms that cannot fit are left out. A body that cannot be compressed
 *  is sent as it came, without our attributes. */
export async function* deadLetterForms(
  letter: DeadLetter,
  queueUrl: string,
): AsyncGenerator<SendMessageCommandInput> {
  const { body, attributes: own } = letter.message;
  const input = (form: Form): SendMessageCommandInput[] =>
    bytes(form) <= maxMessageBytes ? [sendInput(form, letter.message, queueUrl)] : [];

  yield* input({ body, attributes: attributes(letter, 2000, {}) });
  yield* input({ body, attributes: attributes(letter, 100, {}) });
  const compressed = (await compress(body)).toString("base64");
  const encoding = { [names.bodyEncoding]: text("gzip+base64") };
  yield* input({ body: compressed, attributes: attributes(letter, 2000, encoding) });
  yield* input({ body, attributes: own });
}

interface Form {
  body: string;
  attributes: Attributes;
}

const sendInput = (
  { body, attributes }: Form,
  message: WorkMessage,
  queueUrl: string,
): SendMessageCommandInput => ({
  QueueUrl: queueUrl,
  MessageBody: body,
  MessageAttributes: attributes,
  ...(queueUrl.endsWith(".fifo") && {
    MessageGroupId: message.groupId ?? message.id,
    // A repeated send whose first answer was lost is then one message, not two.
    MessageDeduplicationId: message.id,
  }),
});

function attributes(letter: DeadLetter, reasonLength: number, extra: Attributes): Attributes {
  const ours: Attributes = {
    ...extra,
    [names.reason]: text(sendable(letter.reason).slice(0, reasonLength)),
    [names.source]: text(letter.source),
    [names.attempts]: { DataType: "Number", StringValue: String(letter.attempts) },
  };
  // A message that was dead-lettered, moved back and failed again has older ones of ours.
  const known: string[] = Object.values(names);
  const own = Object.entries(letter.message.attributes).filter(([name]) => !known.includes(name));
  const room = maxMessageAttributes - Object.keys(ours).length;
  if (own.length <= room) {
    return { ...Object.fromEntries(own), ...ours };
  }
  const kept = own.slice(0, room - 1);
  return { ...Object.fromEntries(kept), ...ours, [names.packed]: packed(own.slice(room - 1)) };
}

function packed(entries: [string, MessageAttributeValue][]): MessageAttributeValue {
  const content: z.input<typeof packedAttributesSchema> = Object.fromEntries(
    entries.map(([name, { DataType: type = "String", StringValue, BinaryValue }]) => [
      name,
      { type, value: StringValue ?? Buffer.from(BinaryValue ?? []).toString("base64") },
    ]),
  );
  return text(JSON.stringify(content));
}

function text(value: string): MessageAttributeValue {
  return { DataType: "String", StringValue: value };
}

/** SQS takes only characters that XML 1.0 allows, and no empty value. */
function sendable(reason: string): string {
  const clean = reason.replaceAll(
    /[^\x09\x0A\x0D\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu,
    "\uFFFD",
  );
  return clean === "" ? "no reason was given" : clean;
}

function bytes({ body, attributes }: Form): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { DataType, StringValue, BinaryValue }]) =>
      sum +
      Buffer.byteLength(name + (DataType ?? "") + (StringValue ?? "")) +
      (BinaryValue?.byteLength ?? 0),
    Buffer.byteLength(body),
  );
}
