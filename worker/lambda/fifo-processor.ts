import { BatchProcessor, SqsFifoPartialProcessorAsync } from "@aws-lambda-powertools/batch";

type Failure = Parameters<SqsFifoPartialProcessorAsync["failureHandler"]>;

/** Powertools' processor for FIFO queues: one record after the other, and after a failed one the rest of its group fails
 *  untried, so that its order is kept. */
export class FifoProcessor extends SqsFifoPartialProcessorAsync {
  /** `isLost`: whether the record will never be processed, so that it has left its group's order already. What is behind it
   *  must not wait for it: each wait is a receive, and would take the others to the dead-letter queue with it. */
  constructor(private readonly isLost: (messageId: string) => boolean) {
    super();
  }

  override failureHandler(
    ...[record, error]: Failure
  ): ReturnType<BatchProcessor["failureHandler"]> {
    const isLost = "messageId" in record && this.isLost(record.messageId);
    // The one above the FIFO processor: it reports the record and leaves its group open.
    return isLost
      ? BatchProcessor.prototype.failureHandler.call(this, record, error)
      : super.failureHandler(record, error);
  }
}
