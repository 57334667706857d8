import { gunzipSync } from "node:zlib";
import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import { jsonIn } from "../../contracts/json-in";
import {
  deadLetterAttributes as names,
  maxMessageBytes,
  packedAttributesSchema,
} from "../../contracts/messages";
import type { Letter } from "./letter";

export interface Content {
  body: string;
  attributes: Record<string, MessageAttributeValue>;
}

/** The message as its producer sent it: without what our worker added when it dead-lettered it. Throws if it cannot be
 *  restored. */
export function restored({ body, attributes }: Pick<Letter, "body" | "attributes">): Content {
  const ours: string[] = Object.values(names);
  const own = Object.entries(attributes).filter(([name]) => !ours.includes(name));
  return {
    body: restoredBody(body, attributes[names.bodyEncoding]?.StringValue),
    attributes: {
      ...Object.fromEntries(own.map(([name, value]) => [name, sendable(value)])),
      ...unpacked(attributes[names.packed]?.StringValue),
    },
  };
}

function restoredBody(body: string, encoding: string | undefined): string {
  if (encoding === undefined) return body;
  if (encoding !== "gzip+base64") {
    throw new Error(
      `its ${names.bodyEncoding} is "${encoding}", and only gzip+base64 can be restored`,
    );
  }
  try {
    return gunzipSync(Buffer.from(body, "base64"), {
      maxOutputLength: maxMessageBytes,
    }).toString();
  } catch (error) {
    throw new Error(`its body cannot be decompressed: ${String(error)}`, { cause: error });
  }
}

function unpacked(text: string | undefined): Content["attributes"] {
  if (text === undefined) return {};
  const packed = packedAttributesSchema.safeParse(jsonIn(text));
  if (!packed.success) throw new Error(`its ${names.packed} cannot be read`);
  const entries = Object.entries(packed.data).map(([name, { type, value }]) => [
    name,
    /^Binary(\.|$)/.test(type)
      ? { DataType: type, BinaryValue: Buffer.from(value, "base64") }
      : { DataType: type, StringValue: value },
  ]);
  return Object.fromEntries(entries) as Content["attributes"];
}

/** SQS does not take the lists that the type has. */
const sendable = ({
  DataType,
  StringValue,
  BinaryValue,
}: MessageAttributeValue): MessageAttributeValue =>
  BinaryValue === undefined ? { DataType, StringValue } : { DataType, BinaryValue };

/** What SQS counts: body, and names, types and values of the attributes. Source: SQS quotas, "Message size". */
export const bytesOf = ({ body, attributes }: Content): number =>
  Object.entries(attributes).reduce(
    (sum, [name, { DataType = "", StringValue = "", BinaryValue }]) =>
      sum + Buffer.byteLength(name + DataType + StringValue) + (BinaryValue?.byteLength ?? 0),
    Buffer.byteLength(body),
  );
