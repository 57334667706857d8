/** The DynamoDB table in which a system's functions keep what must survive a call. One item per key. */
export const stateTable = {
  /** Partition key, text. Its first part says what the item is about: "breaker#asr". */
  key: "id",
  /** Seconds since 1970 after which DynamoDB may delete the item. */
  expiry: "expiration",
} as const;

/** Keys of the items. */
export const stateKeys = {
  /** State of the circuit breaker of a worker. */
  breaker: (worker: string) => `breaker#${worker}`,
  /** Restarts of an API's container. */
  restarts: (api: string) => `restarts#${api}`,
  /** Work that a worker has done; Powertools adds "#" and a hash of the work's key. */
  done: (worker: string) => `done#${worker}`,
  /** A test message, of a check or of a load test, that a worker received. */
  check: (checkId: string) => `check#${checkId}`,
  /** The last version of a function that passed its message check. */
  verified: (functionName: string) => `verified#${functionName}`,
} as const;
