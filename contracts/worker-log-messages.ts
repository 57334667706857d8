/** Messages of a worker's log that other programs read. */
export const workerLogMessages = {
  objectIndexed: "object indexed",
  objectIndexedBefore: "object was indexed before",
} as const;
