/** Value of `level` in the JSON log line that is written when a worker ended by a fault. */
export const crashLogLevel = "fatal";

/** Values of `level` in a worker's JSON log lines that count as errors. */
export const errorLogLevels = ["error", crashLogLevel] as const;
