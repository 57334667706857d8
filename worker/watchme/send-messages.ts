import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { messageGroup } from "../../contracts/watchme";
import { orUnavailable } from "../job/aws-unavailable";

/** SQS: "You can send up to 10 messages". */
const batchSize = 10;

export interface Outgoing {
  body: { deviceId: string };
  /** FIFO queues only. */
  deduplicationId?: string;
}

/** Sends messages, each with its device as the group. Resolves to those that SQS did not accept, with its reasons. */
export async function sendMessages<Message extends Outgoing>(
  sqs: Pick<SQSClient, "send">,
  queueUrl: string,
  messages: readonly Message[],
): Promise<{ message: Message; reason: string }[]> {
  const refused: { message: Message; reason: string }[] = [];
  for (let from = 0; from < messages.length; from += batchSize) {
    const batch = messages.slice(from, from + batchSize);
    const { Failed = [] } = await sqs
      .send(
        new SendMessageBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map((message, index) => entry(String(index), queueUrl, message)),
        }),
      )
      .catch((error: unknown) => {
        throw orUnavailable("SQS", error);
      });
    for (const { Id, Code, Message } of Failed) {
      const message = batch[Number(Id)];
      if (message !== undefined) refused.push({ message, reason: Message ?? String(Code) });
    }
  }
  return refused;
}

const entry = (
  Id: string,
  queueUrl: string,
  { body, deduplicationId }: Outgoing,
): SendMessageBatchRequestEntry => ({
  Id,
  MessageBody: JSON.stringify(body),
  MessageGroupId: messageGroup(body),
  ...(queueUrl.endsWith(".fifo") && { MessageDeduplicationId: deduplicationId }),
});
