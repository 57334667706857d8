import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { SQSMessageAttributes, SQSRecord } from "aws-lambda";
import { checkAttribute } from "../../contracts/function-check";
import { loadTestAttribute, markIn, type LoadTestMark } from "../../contracts/load-test";

/** A message as Lambda hands it over, with what the queue says about it read. */
export interface ReceivedRecord {
  id: string;
  body: string;
  receiptHandle: string;
  queueUrl: string;
  isFifo: boolean;
  /** Message group, on standard queues too. */
  group: string | undefined;
  /** How often it was received, this time included. */
  receiveCount: number;
  /** As the SQS API has them. */
  attributes: Record<string, MessageAttributeValue>;
  traceHeader: string | undefined;
  /** When it was sent to its queue. Undefined if the queue does not say. */
  sentAt: Date | undefined;
  /** Set if it is a test message, for which no work is done. */
  checkId: string | undefined;
  /** Set if it belongs to a load test. */
  loadTest: LoadTestMark | undefined;
}

export function receivedRecord(record: SQSRecord): ReceivedRecord {
  return {
    id: record.messageId,
    body: record.body,
    receiptHandle: record.receiptHandle,
    queueUrl: queueUrlOf(record.eventSourceARN),
    isFifo: isFifoArn(record.eventSourceARN),
    group: record.attributes.MessageGroupId,
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
    attributes: apiAttributes(record.messageAttributes),
    traceHeader: record.attributes.AWSTraceHeader,
    sentAt: dateOf(record.attributes.SentTimestamp),
    checkId: record.messageAttributes[checkAttribute]?.stringValue,
    loadTest: markIn(record.messageAttributes[loadTestAttribute]?.stringValue),
  };
}

export const isFifoArn = (arn: string): boolean => arn.endsWith(".fifo");

/** The event has only the queue's ARN, and a role needs a right more to ask SQS for the URL. Source: SQS guide, "Queue and
 *  message identifiers". */
export function queueUrlOf(arn: string): string {
  const [, partition, , region, account, name] = arn.split(":");
  const domain = partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";
  return `https://sqs.${region}.${domain}/${account}/${name}`;
}

/** Milliseconds since 1970, as text. */
function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(Number(text));
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Lambda has other names for the fields, and binary values in base64. */
const apiAttributes = (attributes: SQSMessageAttributes): ReceivedRecord["attributes"] =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, { dataType, stringValue, binaryValue }]) => [
      name,
      {
        DataType: dataType,
        ...(typeof binaryValue === "string"
          ? { BinaryValue: new Uint8Array(Buffer.from(binaryValue, "base64")) }
          : { StringValue: stringValue }),
      },
    ]),
  );
