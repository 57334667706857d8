import { z } from "zod";

/** One datum for PutMetricData, with the namespace it goes to. */
export interface EmbeddedMetric {
  namespace: string;
  name: string;
  unit: string | undefined;
  timestamp: Date;
  dimensions: { Name: string; Value: string }[];
  values: number[];
}

/** CloudWatch's Embedded Metric Format, version 0. */
const envelope = z.looseObject({
  _aws: z.object({
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())).default([[]]),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string().optional() })),
      }),
    ),
  }),
});

/** The metrics in a log line. Empty if the line is not in Embedded Metric Format, as in CloudWatch. */
export function embeddedMetrics(line: string): EmbeddedMetric[] {
  if (!line.includes('"_aws"')) return [];
  const parsed = envelope.safeParse(parseJson(line));
  if (!parsed.success) return [];
  const record = parsed.data;
  const timestamp = new Date(record._aws.Timestamp);
  return record._aws.CloudWatchMetrics.flatMap((directive) =>
    directive.Metrics.flatMap((metric) => {
      const values = [record[metric.Name]].flat().filter((value) => typeof value === "number");
      if (values.length === 0) return [];
      return directive.Dimensions.map((names) => ({
        namespace: directive.Namespace,
        name: metric.Name,
        unit: metric.Unit,
        timestamp,
        dimensions: names.flatMap((name) =>
          typeof record[name] === "string" ? [{ Name: name, Value: record[name] }] : [],
        ),
        values,
      }));
    }),
  );
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
