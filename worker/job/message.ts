import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";

/** A received message as processors see it: what SQS says, with the numbers read. */
export interface WorkMessage {
  id: string;
  body: string;
  /** How often the queue has handed the message out, this time included. */
  receiveCount: number;
  /** When the producer sent it; undefined when the queue does not say. */
  sentAt: Date | undefined;
  /** Group of a FIFO queue (or of a fair standard queue). */
  groupId: string | undefined;
  attributes: Readonly<Record<string, MessageAttributeValue>>;
}

/** System attributes the worker asks the queue for; see `workMessage`. */
export const requestedSystemAttributes = [
  "ApproximateReceiveCount",
  "SentTimestamp",
  "MessageGroupId",
] as const;

export function workMessage(message: Message): WorkMessage {
  const system = message.Attributes ?? {};
  const sent = Number(system.SentTimestamp);
  return {
    id: message.MessageId ?? "",
    body: message.Body ?? "",
    receiveCount: Number(system.ApproximateReceiveCount ?? 1),
    sentAt: Number.isFinite(sent) ? new Date(sent) : undefined,
    groupId: system.MessageGroupId,
    attributes: message.MessageAttributes ?? {},
  };
}
