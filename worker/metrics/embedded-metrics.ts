import {
  newWorkerMinutes,
  workerMetrics,
  workerMetricsDimension,
} from "../../contracts/worker-metrics";
import type { Clock, ConsumerEvents } from "../consumer";
import type { FileCounts } from "../job/processor";
import { type Metric, metricLine } from "./metric-line";
import { Sample } from "./sample";

/** Embedded Metric Format takes at most this many values of one metric in one line. */
const maxValues = 100;

const noCounts = {
  deleteFailed: 0,
  deadLetterFailed: 0,
  filesProcessed: 0,
  filesFailed: 0,
  filesSkipped: 0,
  doubtfulTexts: 0,
};

/** Collects what happens and writes it as lines of metrics. */
export class EmbeddedMetrics implements ConsumerEvents {
  /** Of all files until now. */
  readonly files = { skipped: 0, doubtful: 0 };
  private counts = { ...noCounts };
  private readonly processingSeconds = new Sample();
  private readonly lagSeconds = new Sample();
  private readonly outcomes = { done: 0, failed: 0, deadLettered: 0 };
  private readonly began: number;
  private cancel: (() => void) | undefined;
  private hasSaidFailing = false;

  constructor(
    private readonly namespace: string,
    private readonly queueName: string,
    private readonly clock: Clock,
    private readonly write: (line: string) => void,
  ) {
    this.began = clock.now();
  }

  /** The first line comes at once: an alarm on a metric without data knows nothing. */
  start(everySeconds: number): void {
    this.flush();
    this.cancel = this.clock.after(everySeconds * 1000, () => this.start(everySeconds));
  }

  stop(): void {
    this.cancel?.();
    this.flush();
  }

  worked(seconds: number): void {
    this.processingSeconds.add(seconds);
  }

  done({ processed, skipped, doubtful }: FileCounts): void {
    this.counts.filesProcessed += processed;
    this.counts.filesSkipped += skipped;
    this.counts.doubtfulTexts += doubtful;
    this.files.skipped += skipped;
    this.files.doubtful += doubtful;
    this.outcomes.done += 1;
  }

  deadLettered(): void {
    this.counts.filesFailed += 1;
    this.outcomes.failed += 1;
    this.outcomes.deadLettered += 1;
    this.sayIfFailing();
  }

  attemptFailed(): void {
    this.outcomes.failed += 1;
    this.sayIfFailing();
  }

  settled(lagSeconds: number): void {
    this.lagSeconds.add(lagSeconds);
  }

  deleteFailed(): void {
    this.counts.deleteFailed += 1;
  }

  deadLetterFailed(): void {
    this.counts.deadLetterFailed += 1;
  }

  private flush(): void {
    const { counts } = this;
    this.counts = { ...noCounts };
    const processing = this.processingSeconds.take();
    const lag = this.lagSeconds.take();
    const names = Object.keys(noCounts) as (keyof typeof noCounts)[];
    this.line([
      ...names.map((name) => ({
        name: workerMetrics[name],
        unit: "Count" as const,
        values: counts[name],
      })),
      ...this.newWorkerFailing(),
    ]);
    for (let from = 0; from < Math.max(processing.length, lag.length); from += maxValues) {
      const part = (name: string, values: number[]): Metric[] => {
        const slice = values.slice(from, from + maxValues);
        return slice.length === 0 ? [] : [{ name, unit: "Seconds", values: slice }];
      };
      this.line([
        ...part(workerMetrics.processingSeconds, processing),
        ...part(workerMetrics.indexingLagSeconds, lag),
      ]);
    }
  }

  /** At once: a release must not spread until the next report. */
  private sayIfFailing(): void {
    if (this.hasSaidFailing || !this.isNew() || !this.isFailing()) return;
    this.hasSaidFailing = true;
    this.flush();
  }

  private newWorkerFailing(): Metric[] {
    if (!this.isNew()) return [];
    return [
      { name: workerMetrics.newWorkerFailing, unit: "None", values: this.isFailing() ? 1 : 0 },
    ];
  }

  private isNew(): boolean {
    return this.clock.now() - this.began <= newWorkerMinutes * 60_000;
  }

  /** One bad file among good ones is no reason to stop a release. */
  private isFailing(): boolean {
    const { done, failed, deadLettered } = this.outcomes;
    return (failed >= 2 && failed > done) || (deadLettered > 0 && done === 0);
  }

  private line(metrics: Metric[]): void {
    this.write(
      metricLine({
        namespace: this.namespace,
        dimension: { name: workerMetricsDimension, value: this.queueName },
        at: this.clock.wall(),
        metrics,
      }),
    );
  }
}
