import { launchConfirmation } from "../../contracts/release";
import { repeat, type Repetition } from "../process/repeat";
import type { LifecycleAction } from "./lifecycle-action";
import { saysStarted, type Worker } from "./worker-events";

/** The machine's confirm unit: completes the launch once the worker has said that it works. It keeps the launch waiting
 *  while the worker waits for something, and abandons it when the worker crashes again and again. */
export class ConfirmLaunch {
  private failedStarts = 0;
  private isRunning = false;
  private result: "CONTINUE" | "ABANDON" | undefined;
  private beatAt = Date.now();
  private isDone = false;
  private readonly watch: Repetition;

  constructor(
    private readonly action: LifecycleAction,
    worker: Worker,
    private readonly log: (line: string) => void,
  ) {
    worker.on("began", () => (this.isRunning = true));
    worker.on("line", (line) => {
      if (saysStarted(line)) this.result ??= "CONTINUE";
    });
    worker.on("ended", () => this.workerEnded());
    this.watch = repeat(
      () => this.look(),
      100,
      (error) => log(`the launch was not confirmed yet: ${String(error)}`),
    );
  }

  stop(): Promise<void> {
    return this.watch.stop();
  }

  private workerEnded(): void {
    this.isRunning = false;
    this.failedStarts += 1;
    if (this.failedStarts >= launchConfirmation.mostFailedStarts) this.result ??= "ABANDON";
  }

  private async look(): Promise<void> {
    if (this.isDone) return;
    if (this.result !== undefined) {
      await this.action.complete(this.result);
      this.isDone = true;
      this.log(`the launch was completed with ${this.result}`);
    } else if (
      this.isRunning &&
      Date.now() - this.beatAt >= launchConfirmation.heartbeatSeconds * 1000
    ) {
      await this.action.heartbeat();
      this.beatAt = Date.now();
    }
  }
}
