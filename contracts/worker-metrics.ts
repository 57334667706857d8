/** The metrics a worker reports in its METRICS_NAMESPACE, each with the one dimension below, whose value
 *  is the queue's name. Alarms and dashboards use these names. */
export const workerMetrics = {
  /** Finished messages whose delete did not go through, or that came back although finished.
   *  Expected 0; reported as 0 too, so that its alarm always has data. */
  deleteFailed: "MessageDeleteFailed",
  filesProcessed: "FilesProcessed",
  /** Dead-lettered for good. */
  filesFailed: "FilesFailed",
  /** Seconds of work per message. */
  processingSeconds: "ProcessingSeconds",
  /** Seconds from sending to settled. */
  indexingLagSeconds: "IndexingLagSeconds",
} as const;

export const workerMetricsDimension = "QueueName";
