import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { LambdaContext } from "../../contracts/function-check";
import { Batch } from "./batch";
import { DoneWork } from "./done-work";
import { FifoProcessor } from "./fifo-processor";
import type { QueueTools, QueueWork } from "./queue-work";
import { isFifoArn, receivedRecord } from "./received-record";

/** A handler of SQS events, of standard queues (all records at once) and FIFO queues (one after the other, in order). Its
 *  answer has the records that failed; the others are deleted. */
export function queueHandler<Message>(work: QueueWork<Message>, tools: QueueTools) {
  const done = new DoneWork(tools.dynamo, tools.environment.STATE_TABLE, tools.environment.WORKER);
  return async (event: SQSEvent, context: LambdaContext): Promise<SQSBatchResponse> => {
    const batch = new Batch(work, tools, done, context);
    const answer = await process(event, batch, context);
    const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    await batch.end(event.Records.map(receivedRecord).filter(({ id }) => failed.has(id)));
    return answer;
  };
}

function process<Message>(
  event: SQSEvent,
  batch: Batch<Message>,
  context: LambdaContext,
): Promise<SQSBatchResponse> {
  const handle = (record: SQSRecord) => batch.handle(receivedRecord(record));
  const options = {
    context: context as Context,
    // By default it throws if all records failed. Then Lambda knows nothing of them, and counts a failed call besides.
    throwOnFullBatchFailure: false as const,
  };
  if (!event.Records.some(({ eventSourceARN }) => isFifoArn(eventSourceARN))) {
    return processPartialResponse(event, handle, new BatchProcessor(EventType.SQS), options);
  }
  const processor = new FifoProcessor((messageId) => batch.isLost(messageId));
  return processPartialResponse(event, handle, processor, { ...options, skipGroupOnError: true });
}
