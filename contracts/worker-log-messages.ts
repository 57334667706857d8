/** Log messages of a worker that other programs read. */
export const workerLogMessages = {
  started: "worker started",
  objectIndexed: "object indexed",
  objectIndexedBefore: "object was indexed before",
} as const;
