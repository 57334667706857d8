export interface MetricValue {
  name: string;
  unit: "Count" | "Milliseconds" | "None";
  value: number;
}

/** A line of a function's log that CloudWatch turns into metrics. The function needs no right for that.
 *  Source: CloudWatch user guide, "Specification: Embedded metric format". */
export const embeddedMetrics = (
  namespace: string,
  dimensions: Record<string, string>,
  metrics: MetricValue[],
  now: Date,
) => ({
  _aws: {
    Timestamp: now.getTime(),
    CloudWatchMetrics: [
      {
        Namespace: namespace,
        Dimensions: [Object.keys(dimensions)],
        Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
      },
    ],
  },
  ...dimensions,
  ...Object.fromEntries(metrics.map(({ name, value }) => [name, value])),
});
