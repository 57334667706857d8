import {
  paginateFilterLogEvents,
  ResourceNotFoundException,
  type CloudWatchLogsClient,
} from "@aws-sdk/client-cloudwatch-logs";
import { jsonIn } from "../../contracts/json-in";
import { loadTestFilter, loadTestLineSchema, type LoadTestLine } from "../../contracts/load-test";
import { OpsError } from "../cli/fault";

/** Lines of one stream may be there later than newer ones of another. */
const overlapMs = 30_000;

/** What the workers write about the messages of a run. */
export class RunLog {
  private readonly seen = new Set<string>();
  private newest: number;

  constructor(
    private readonly logs: CloudWatchLogsClient,
    private readonly groups: readonly string[],
    private readonly run: string,
    /** Lines are not older than this, by the clock of AWS. */
    private readonly sinceMs: number,
  ) {
    this.newest = sinceMs;
  }

  /** The lines that were not read before. `isWhole`: from the beginning of the run, for lines that came very late. */
  async read({ isWhole = false } = {}): Promise<LoadTestLine[]> {
    const startTime = isWhole ? this.sinceMs : Math.max(this.sinceMs, this.newest - overlapMs);
    const found = await Promise.all(this.groups.map((group) => this.readGroup(group, startTime)));
    return found.flat();
  }

  private async readGroup(logGroupName: string, startTime: number): Promise<LoadTestLine[]> {
    const lines: LoadTestLine[] = [];
    try {
      const pages = paginateFilterLogEvents(
        { client: this.logs },
        { logGroupName, startTime, filterPattern: loadTestFilter(this.run) },
      );
      for await (const { events = [] } of pages) {
        for (const { message = "", timestamp = 0, logStreamName = "" } of events) {
          this.newest = Math.max(this.newest, timestamp);
          const key = `${logStreamName} ${message}`;
          if (this.seen.has(key)) continue;
          this.seen.add(key);
          const line = loadTestLineSchema.safeParse(jsonIn(message));
          if (line.success) lines.push(line.data);
        }
      }
    } catch (error) {
      // It is created with the first line.
      if (error instanceof ResourceNotFoundException) return lines;
      throw new OpsError(
        `The log group ${logGroupName} cannot be read: ${error instanceof Error ? error.message : String(error)}. The command needs logs:FilterLogEvents on it.`,
      );
    }
    return lines;
  }
}
