/** The metrics that a function which works on a queue reports, in Embedded Metric Format. Each has the dimension below,
 *  whose value is the function's name. */
export const functionMetrics = {
  recordsProcessed: "RecordsProcessed",
  /** A batch in which records failed is a successful invocation for Lambda, so the handler counts them itself. */
  recordsFailed: "RecordsFailed",
} as const;

export const functionMetricsDimension = "FunctionName";

/** The metrics that back-pressure reports once a minute for each worker, with the dimension below. */
export const backPressureMetrics = {
  /** 1 while the breaker keeps the worker's mappings disabled, else 0. */
  paused: "MappingPaused",
  /** 1 if a mapping is disabled although the breaker did not do it: AWS disabled it, or somebody by hand. Else 0. */
  disabled: "MappingDisabled",
} as const;

export const backPressureDimension = "Worker";

/** The metrics of an API health probe, with the dimension below. 1 or 0; milliseconds. */
export const apiHealthMetrics = {
  /** Whether `/health` answered. */
  healthy: "Healthy",
  /** Whether the path that does the work answered. */
  workPathHealthy: "WorkPathHealthy",
  healthLatency: "HealthLatency",
  workPathLatency: "WorkPathLatency",
} as const;

export const apiHealthDimension = "Api";
