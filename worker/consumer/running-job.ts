import type { Log } from "../job/log";
import type { FileCounts, JobContext } from "../job/processor";

/** One run of the processor on a message: what the processor sees, and how it is aborted. The signal and
 *  the log cost nothing until the processor asks for them. */
export class RunningJob implements JobContext {
  isAborted = false;
  reason: unknown;
  /** Called once, when the job is aborted. */
  onAbort: (() => void) | undefined;
  /** As the processor reported. */
  files: FileCounts = { processed: 1, skipped: 0, doubtful: 0 };
  readonly reportFiles = (counts: FileCounts): void => {
    this.files = counts;
  };
  private controller: AbortController | undefined;
  private ownLog: Log | undefined;

  constructor(
    private readonly messageId: string,
    readonly attempt: number,
    readonly maxAttempts: number,
    private readonly workerLog: Log,
  ) {}

  get signal(): AbortSignal {
    if (this.controller === undefined) {
      this.controller = new AbortController();
      if (this.isAborted) {
        this.controller.abort(this.reason);
      }
    }
    return this.controller.signal;
  }

  get log(): Log {
    const { messageId, attempt } = this;
    this.ownLog ??= this.workerLog.child({ messageId, attempt });
    return this.ownLog;
  }

  abort(reason: Error): void {
    if (!this.isAborted) {
      this.isAborted = true;
      this.reason = reason;
      this.controller?.abort(reason);
      this.onAbort?.();
    }
  }
}
