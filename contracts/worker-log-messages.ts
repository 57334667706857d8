/** Log messages of a worker that other programs read. */
export const workerLogMessages = {
  started: "worker started",
  /** The last line begins with it, and goes on with how many messages were done and released. */
  stopped: "stopped",
  objectIndexed: "object indexed",
  objectSkipped: "object skipped",
  objectIndexedBefore: "object was indexed before",
} as const;
