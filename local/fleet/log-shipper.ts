import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { clientConfig, type Scope } from "../cloud/scope";
import { embeddedMetrics } from "./embedded-metrics";
import { MetricPublisher } from "./metric-publisher";

/** CloudWatch accepts 10,000 events per call. With smaller batches, less is repeated after a failed call. */
const batchSize = 1000;
const flushEveryMs = 500;

/** Sends a machine's log lines as the CloudWatch agent does, and publishes the metrics in them as CloudWatch
 *  does (the embedded cloud does not). */
export class LogShipper {
  private readonly logs: CloudWatchLogsClient;
  private readonly metrics: MetricPublisher;
  private pending: { timestamp: number; message: string }[] = [];
  private shipping: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;
  private isReady = false;

  constructor(
    scope: Scope,
    private readonly target: { group: string; stream: string },
    clockSpeed: number,
    private readonly complain: (fault: string) => void,
  ) {
    this.logs = new CloudWatchLogsClient(clientConfig(scope));
    this.metrics = new MetricPublisher(scope, clockSpeed, complain);
    this.timer = setInterval(() => void this.flush(), flushEveryMs);
    this.timer.unref();
  }

  add(message: string): void {
    this.pending.push({ timestamp: Date.now(), message });
  }

  workerEnded(): void {
    this.metrics.forget();
  }

  /** One call at a time, so that the events of a stream stay in order. */
  flush(): Promise<void> {
    this.shipping = this.shipping.then(() => this.ship());
    return this.shipping;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
    this.logs.destroy();
    this.metrics.destroy();
  }

  private async ship(): Promise<void> {
    while (this.pending.length > 0) {
      const batch = this.pending.slice(0, batchSize);
      try {
        await this.prepare();
        await this.logs.send(
          new PutLogEventsCommand({
            logGroupName: this.target.group,
            logStreamName: this.target.stream,
            logEvents: batch,
          }),
        );
      } catch (error) {
        // Kept for the next flush: the cloud may be unreachable for a moment.
        this.complain(`log lines not shipped to ${this.target.group}: ${String(error)}`);
        return;
      }
      this.pending.splice(0, batch.length);
      await this.metrics.publish(batch.flatMap((event) => embeddedMetrics(event.message)));
    }
    await this.metrics.repeat();
  }

  private async prepare(): Promise<void> {
    if (this.isReady) return;
    const { group: logGroupName, stream: logStreamName } = this.target;
    await unlessThere(this.logs.send(new CreateLogGroupCommand({ logGroupName })));
    await unlessThere(this.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName })));
    this.isReady = true;
  }
}

async function unlessThere(creation: Promise<unknown>): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if ((error as Error).name !== "ResourceAlreadyExistsException") throw error;
  }
}
