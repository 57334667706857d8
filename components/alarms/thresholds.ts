/** From where a measure is a warning and from where it is critical. */
export interface Levels {
  warning: number;
  critical: number;
}

export interface QueueThresholds {
  /** Messages waiting: warning from, critical above. */
  depth: Levels;
  /** Messages in the dead-letter queue: warning from, critical above. */
  deadLetters: Levels;
  /** Age of the oldest message in seconds: warning above. */
  oldestMessageAgeSeconds: number;
}

export interface FleetThresholds {
  /** Machines in service: warning from, critical from. */
  machines: Levels;
  /** Error log lines within an hour: warning from, critical above. */
  errorLogsPerHour: Levels;
}

/** The levels of the file-search requirements; every one can be set per environment. */
export const defaultQueueThresholds = (visibilityTimeoutSeconds: number): QueueThresholds => ({
  depth: { warning: 1000, critical: 10_000 },
  deadLetters: { warning: 1, critical: 50 },
  // A message may rightly take its visibility timeout once; twice means that it waits.
  oldestMessageAgeSeconds: Math.max(600, 2 * visibilityTimeoutSeconds),
});

export const defaultFleetThresholds: FleetThresholds = {
  machines: { warning: 2, critical: 3 },
  errorLogsPerHour: { warning: 1, critical: 5 },
};
