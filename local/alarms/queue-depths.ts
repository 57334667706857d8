import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { clientConfig, type Scope } from "../cloud/scope";
import { readMetrics } from "./metric-source";

export interface QueueDepth {
  time: Date;
  visible: number;
  inFlight: number;
}

/** The depth of a queue over time: one point per second, if known. */
export async function queueDepths(
  scope: Scope,
  queueName: string,
  from: Date,
  to: Date = new Date(),
): Promise<QueueDepth[]> {
  const client = new CloudWatchClient(clientConfig(scope));
  try {
    const start = Math.floor(from.getTime() / 1000);
    const length = Math.max(1, Math.ceil(to.getTime() / 1000) - start);
    const query = (id: string, name: string) => ({
      id,
      namespace: "AWS/SQS",
      name,
      statistic: "Maximum",
      dimensions: [{ Name: "QueueName", Value: queueName }],
    });
    const series = await readMetrics(
      client,
      [
        query("visible", "ApproximateNumberOfMessagesVisible"),
        query("inflight", "ApproximateNumberOfMessagesNotVisible"),
      ],
      { from: start, periodSeconds: 1, length },
    );
    return (series.get("visible") ?? []).flatMap((visible, index) => {
      const inFlight = series.get("inflight")?.[index];
      if (visible === undefined || inFlight === undefined) return [];
      return [{ time: new Date((start + index) * 1000), visible, inFlight }];
    });
  } finally {
    client.destroy();
  }
}
