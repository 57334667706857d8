import type { DeadLetter } from "./report/report";
import type { Stage } from "./steps/step";
import type { SystemRun } from "./system-run";

/** A system as the rehearsal runs it. */
export interface RehearsedSystem {
  run: SystemRun;
  /** In this order: each stage uses the results of the earlier ones. */
  stages: readonly Stage[];
  /** For the report: numbers by their labels. */
  counts(): Record<string, number>;
  /** One sentence about the numbers. */
  summary(): string;
  deadLetters(): Promise<DeadLetter[]>;
  /** The queue pairs whose depths are in the chart, by their keys in the system's output. */
  charted: readonly string[];
  /** Commands for a user who keeps everything running, by what they show. */
  commands(): Record<string, string>;
  /** Stops what the steps started. */
  close?(): Promise<void>;
}
