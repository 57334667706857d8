export interface Metric {
  name: string;
  unit: "Count" | "Seconds" | "None";
  /** At most 100 values. */
  values: number | number[];
}

export interface MetricLine {
  namespace: string;
  dimension: { name: string; value: string };
  /** Milliseconds since 1970. */
  at: number;
  metrics: Metric[];
}

/** A log line that CloudWatch turns into metrics. Source: CloudWatch user guide, "Specification: Embedded metric format". */
export function metricLine({ namespace, dimension, at, metrics }: MetricLine): string {
  const definition = {
    Namespace: namespace,
    Dimensions: [[dimension.name]],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  };
  return JSON.stringify({
    _aws: { Timestamp: at, CloudWatchMetrics: [definition] },
    [dimension.name]: dimension.value,
    ...Object.fromEntries(metrics.map(({ name, values }) => [name, values])),
  });
}
