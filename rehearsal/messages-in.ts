import { GetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";

const waiting = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
] as const;

/** Messages that are waiting, in flight, or delayed. */
export async function messagesIn(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...waiting] }),
  );
  return waiting.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
}
