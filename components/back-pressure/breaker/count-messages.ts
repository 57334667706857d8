import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  type QueueAttributeName,
  type SQSClient,
} from "@aws-sdk/client-sqs";

const counts: QueueAttributeName[] = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
];

/** All messages in a queue: waiting, in flight and delayed. SQS needs about a minute until the counts are right.
 *  Source: SQS guide, "Amazon SQS queue attributes". */
export const countMessages =
  (sqs: SQSClient) =>
  async (queueUrl: string): Promise<number> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: counts }),
    );
    return counts.reduce((sum, name) => sum + Number(Attributes[name] ?? Number.NaN), 0);
  };

/** The same for a queue given by its name; 0 if there is none. */
export const countMessagesByName =
  (sqs: SQSClient) =>
  async (QueueName: string): Promise<number> => {
    try {
      const { QueueUrl = "" } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
      return await countMessages(sqs)(QueueUrl);
    } catch (error) {
      if (error instanceof QueueDoesNotExist) return 0;
      throw error;
    }
  };
