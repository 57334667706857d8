import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";

/** What a letter's message is made of, and what is asked of SQS for it. */
export const requestedSystemAttributes = [
  "SentTimestamp",
  "MessageGroupId",
  "AWSTraceHeader",
] as const;

/** A message of a dead-letter queue, as it was received. */
export interface Letter {
  /** Of its stay in this queue: whatever is sent or moved by SendMessage and StartMessageMoveTask gets a new one. */
  id: string;
  receiptHandle: string;
  body: string;
  attributes: Record<string, MessageAttributeValue>;
  /** Group of a FIFO queue, or of a fair standard queue. */
  groupId: string | undefined;
  /** Of AWS X-Ray. */
  traceHeader: string | undefined;
  /** When it was sent: to this queue, or, if SQS moved it here, to the queue before. */
  sentAt: Date;
}

export function letterOf(message: Message): Letter {
  const system = message.Attributes ?? {};
  return {
    id: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: message.MessageAttributes ?? {},
    groupId: system.MessageGroupId,
    traceHeader: system.AWSTraceHeader,
    sentAt: new Date(Number(system.SentTimestamp ?? 0)),
  };
}
