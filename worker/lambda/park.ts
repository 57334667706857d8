import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { maxMessageAttributes } from "../../contracts/messages";
import type { ReceivedRecord } from "./received-record";

/** Attribute of a copy: how often the message was sent again. */
export const parkedAttribute = "queuefleetParked";

/** How often a message is sent again while others succeed. Then it counts as the cause. */
const mostParkings = 5;

/** Whether the message may be sent again. `isLimited`: others succeed, so that it may be the cause. A message without room
 *  for the count then gets no more attempts. Never on a FIFO queue: the copy would come after messages that it must
 *  precede. */
export function mayPark(record: ReceivedRecord, isLimited: boolean): boolean {
  if (record.isFifo) return false;
  return !isLimited || (parkings(record) < mostParkings && hasRoom(record));
}

/** Sends the message to its own queue again, so that its receives count from 0: body, attributes, group and trace are kept.
 *  Afterwards the received one can be deleted. */
export async function park(
  sqs: Pick<SQSClient, "send">,
  record: ReceivedRecord,
  delaySeconds: number,
): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: record.queueUrl,
      MessageBody: record.body,
      MessageAttributes: {
        ...record.attributes,
        ...(hasRoom(record) && {
          [parkedAttribute]: { DataType: "Number", StringValue: String(parkings(record) + 1) },
        }),
      },
      MessageGroupId: record.group,
      DelaySeconds: Math.min(delaySeconds, longestDelaySeconds),
      ...(record.traceHeader !== undefined && {
        MessageSystemAttributes: {
          AWSTraceHeader: { DataType: "String", StringValue: record.traceHeader },
        },
      }),
    }),
  );
}

/** SQS: "The length of time, in seconds, for which to delay a specific message. Valid values: 0 to 900." */
const longestDelaySeconds = 900;

const parkings = ({ attributes }: ReceivedRecord): number =>
  Number(attributes[parkedAttribute]?.StringValue ?? 0);

const hasRoom = ({ attributes }: ReceivedRecord): boolean =>
  parkedAttribute in attributes || Object.keys(attributes).length < maxMessageAttributes;
