import {
  CloudWatchClient,
  PutMetricDataCommand,
  type StandardUnit,
} from "@aws-sdk/client-cloudwatch";
import { reportSeconds } from "../../contracts/worker-metrics";
import { clientConfig, type Scope } from "../cloud/scope";
import type { EmbeddedMetric } from "./embedded-metrics";

const reportEveryMs = reportSeconds * 1000;
/** A worker whose last report is older does not report any more. */
const reportLifeMs = 1.5 * reportEveryMs;

interface Report {
  metric: EmbeddedMetric;
  writtenAt: number;
  publishedAt: number;
}

/** Publishes a machine's metrics. On a faster clock, a minute of the alarms is shorter than the time between two reports
 *  of a worker. So the reports of a worker that runs are repeated there: counts as 0, so that the sums stay the same,
 *  and states ("None") as they are. Each of the alarms' minutes then has as many reports as on AWS. */
export class MetricPublisher {
  private readonly client: CloudWatchClient;
  private readonly reports = new Map<string, Report>();

  constructor(
    scope: Scope,
    private readonly clockSpeed: number,
    private readonly complain: (fault: string) => void,
  ) {
    this.client = new CloudWatchClient(clientConfig(scope));
  }

  async publish(metrics: EmbeddedMetric[]): Promise<void> {
    const now = Date.now();
    for (const metric of metrics.filter(({ unit }) => unit === "Count" || unit === "None")) {
      const key = JSON.stringify([metric.namespace, metric.name, metric.dimensions]);
      this.reports.set(key, { metric, writtenAt: now, publishedAt: now });
    }
    await this.send(metrics);
  }

  async repeat(): Promise<void> {
    if (this.clockSpeed <= 1) return;
    const now = Date.now();
    const due = [...this.reports.values()].filter(
      ({ writtenAt, publishedAt }) =>
        now - writtenAt < reportLifeMs && now - publishedAt >= reportEveryMs / this.clockSpeed,
    );
    for (const report of due) report.publishedAt = now;
    const timestamp = new Date(now);
    await this.send(
      due.map(({ metric }) => ({
        ...metric,
        timestamp,
        values: metric.unit === "None" ? metric.values : [0],
      })),
    );
  }

  /** The worker has ended. */
  forget(): void {
    this.reports.clear();
  }

  destroy(): void {
    this.client.destroy();
  }

  private async send(metrics: EmbeddedMetric[]): Promise<void> {
    for (const Namespace of new Set(metrics.map((metric) => metric.namespace))) {
      const own = metrics.filter((metric) => metric.namespace === Namespace);
      const MetricData = own.map((metric) => ({
        MetricName: metric.name,
        Dimensions: metric.dimensions,
        Timestamp: metric.timestamp,
        Unit: metric.unit as StandardUnit | undefined,
        Values: metric.values,
      }));
      try {
        await this.client.send(new PutMetricDataCommand({ Namespace, MetricData }));
      } catch (error) {
        this.complain(`metrics not published to ${Namespace}: ${String(error)}`);
      }
    }
  }
}
