/** The metrics that a worker reports in its METRICS_NAMESPACE. Each has the dimension below, whose value is the
 *  queue's name. Alarms and dashboards use these names. */
export const workerMetrics = {
  /** Finished messages whose delete failed, or that were received again although they were finished. Expected: 0.
   *  The value 0 is reported too, so that the alarm always has data. */
  deleteFailed: "MessageDeleteFailed",
  filesProcessed: "FilesProcessed",
  /** Settled without work: folder markers, empty files and the like are no documents. */
  filesSkipped: "FilesSkipped",
  /** Indexed, but the text may not be what the file says: damaged characters, or no text at all. The index has the reason
   *  in the document's metadata (`doubts`). */
  doubtfulTexts: "DoubtfulTexts",
  /** Sent to the dead-letter queue. */
  filesFailed: "FilesFailed",
  /** Messages that the dead-letter queue did not accept: it is missing, or the worker may not send. Expected: 0. */
  deadLetterFailed: "DeadLetterFailed",
  /** Of a worker that started within the last `newWorkerMinutes`: 1 if its work fails, else 0. A release whose first
   *  machine fails is stopped by it. */
  newWorkerFailing: "NewWorkerFailing",
  /** Seconds of processing per message. */
  processingSeconds: "ProcessingSeconds",
  /** Seconds from sending a message until it is settled. */
  indexingLagSeconds: "IndexingLagSeconds",
} as const;

export const workerMetricsDimension = "QueueName";

/** Seconds between two reports of a worker. Each report has one value of `deleteFailed`, so their number tells how many
 *  workers report. */
export const reportSeconds = 15;

/** How long a worker counts as new. */
export const newWorkerMinutes = 15;
