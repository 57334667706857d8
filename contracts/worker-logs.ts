/** `level` of a worker's JSON log lines that count as errors. */
export const errorLogLevels = ["error", "fatal"] as const;
