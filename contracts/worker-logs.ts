/** Values of `level` in a worker's JSON log lines that count as errors. */
export const errorLogLevels = ["error", "fatal"] as const;
