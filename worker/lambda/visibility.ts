import { ChangeMessageVisibilityBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { describeError } from "../job/describe-error";
import type { Log } from "../job/log";

/** SQS: "A ChangeMessageVisibilityBatch request can include up to 10". */
const batchSize = 10;

export interface Hidden {
  receiptHandle: string;
  seconds: number;
}

/** Hides messages of a queue for these times from now on. Where that fails the queue's own visibility timeout goes on, so it
 *  is no reason to fail. */
export async function hide(
  sqs: Pick<SQSClient, "send">,
  queueUrl: string,
  messages: readonly Hidden[],
  log: Log,
): Promise<void> {
  for (let from = 0; from < messages.length; from += batchSize) {
    const batch = messages.slice(from, from + batchSize);
    try {
      const { Failed = [] } = await sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: batch.map(({ receiptHandle, seconds }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: seconds,
          })),
        }),
      );
      if (Failed.length > 0) throw new Error(Failed[0]?.Message ?? Failed[0]?.Code);
    } catch (error) {
      log.warn(
        { reason: describeError(error) },
        "failed messages keep the visibility timeout of their queue",
      );
    }
  }
}
