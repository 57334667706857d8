import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { clientConfig, type Scope } from "../cloud/scope";
import { repeatReports } from "./repeated-reports";

/** CloudWatch accepts 10,000 events per call. With smaller batches, less is repeated after a failed call. */
const batchSize = 1000;
const flushEveryMs = 500;

/** Sends a machine's log lines as the CloudWatch agent does. */
export class LogShipper {
  private readonly logs: CloudWatchLogsClient;
  private pending: { timestamp: number; message: string }[] = [];
  private shipping: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;
  private isReady = false;

  constructor(
    private readonly scope: Scope,
    private readonly target: { group: string; stream: string },
    private readonly clockSpeed: number,
    private readonly complain: (fault: string) => void,
  ) {
    this.logs = new CloudWatchLogsClient(clientConfig(scope));
    this.timer = setInterval(() => void this.flush(), flushEveryMs);
    this.timer.unref();
  }

  add(message: string): void {
    this.pending.push({ timestamp: Date.now(), message });
  }

  workerBegan(): void {
    if (this.clockSpeed > 1) void this.afterThat(() => this.repeatReports(this.clockSpeed));
  }

  workerEnded(): void {
    if (this.clockSpeed > 1) void this.afterThat(() => this.repeatReports(undefined));
  }

  /** One call at a time, so that the events of a stream stay in order. */
  flush(): Promise<void> {
    return this.afterThat(() => Promise.resolve());
  }

  /** Everything that was logged before is sent first. */
  private afterThat(action: () => Promise<void>): Promise<void> {
    this.shipping = this.shipping.then(() => this.ship()).then(action);
    return this.shipping;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
    this.logs.destroy();
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
    }
  }

  private async repeatReports(clockSpeed: number | undefined): Promise<void> {
    try {
      await repeatReports(this.scope, this.target, clockSpeed);
    } catch (error) {
      this.complain(`reports of ${this.target.stream} are not repeated: ${String(error)}`);
    }
  }

  private async prepare(): Promise<void> {
    if (this.isReady) return;
    const { group: logGroupName, stream: logStreamName } = this.target;
    const createStream = () =>
      this.logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    try {
      await createStream();
    } catch (error) {
      if (!isNamed(error, "ResourceAlreadyExistsException", "ResourceNotFoundException"))
        throw error;
      if (isNamed(error, "ResourceNotFoundException")) {
        await this.logs.send(new CreateLogGroupCommand({ logGroupName }));
        await createStream();
      }
    }
    this.isReady = true;
  }
}

const isNamed = (error: unknown, ...names: string[]): boolean =>
  error instanceof Error && names.includes(error.name);
