import { PermanentError } from "../job/errors";
import type { FileCounts, Processor } from "../job/processor";
import type { WorkMessage } from "../job/message";
import type { Clock } from "./clock";
import type { RunningJob } from "./running-job";

/** Reason of the signal when a job has used up its time. */
export class JobTimeoutError extends Error {
  override readonly name = "JobTimeoutError";
  constructor(seconds: number) {
    super(`the job took longer than ${seconds} s and was aborted`);
  }
}

/** Reason of the signal when the worker stops before the job is done. */
export class WorkerStoppedError extends Error {
  override readonly name = "WorkerStoppedError";
  constructor() {
    super("the worker stopped before the job was done");
  }
}

/** Reason of the signal when the message may be with another consumer by now. */
export class LeaseLostError extends Error {
  override readonly name = "LeaseLostError";
  constructor() {
    super("the lease of the message ran out; another consumer may have it");
  }
}

export type AttemptEnd =
  | { kind: "done"; files: FileCounts }
  /** There was nothing to do: another process had finished the message. */
  | { kind: "known" }
  | { kind: "failed"; error: unknown; isPermanent: boolean }
  /** Aborted, or not even begun; `reason` says why. `stillRunning` ends when the processor does, if it ignored the
   *  signal for so long that we went on without it. */
  | { kind: "aborted"; reason: unknown; stillRunning: Promise<void> | undefined };

/** Runs the processor once and ends in bounded time, whatever the processor does. */
export async function runAttempt(
  processor: Processor,
  message: WorkMessage,
  job: RunningJob,
  clock: Clock,
  limits: { jobTimeoutSeconds: number; abandonAfterMs: () => number },
): Promise<AttemptEnd> {
  const run = settle(processor, message, job);
  const cancelTimeout = clock.after(limits.jobTimeoutSeconds * 1000, () =>
    job.abort(new JobTimeoutError(limits.jobTimeoutSeconds)),
  );
  let cancelAbandon: (() => void) | undefined;
  const end = await new Promise<ProcessorEnd | "abandoned">((resolve) => {
    job.onAbort = () => {
      cancelAbandon = clock.after(limits.abandonAfterMs(), () => resolve("abandoned"));
    };
    void run.then(resolve);
  });
  cancelTimeout();
  cancelAbandon?.();

  const { isAborted, reason } = job;
  if (end === "abandoned") {
    return { kind: "aborted", reason, stillRunning: run.then(() => undefined) };
  }
  if (end.kind === "done") {
    // A job that ends well after its time is up counts as failed; one that ends well
    // while the worker stops is done.
    return isAborted && reason instanceof JobTimeoutError
      ? { kind: "aborted", reason, stillRunning: undefined }
      : end;
  }
  return isAborted && !end.isPermanent ? { kind: "aborted", reason, stillRunning: undefined } : end;
}

type ProcessorEnd = Extract<AttemptEnd, { kind: "done" | "failed" }>;

/** Never rejects: `throw undefined` and a processor that throws before its first await included. */
async function settle(
  processor: Processor,
  message: WorkMessage,
  job: RunningJob,
): Promise<ProcessorEnd> {
  try {
    await processor(message, job);
    return { kind: "done", files: job.files };
  } catch (error) {
    return { kind: "failed", error, isPermanent: error instanceof PermanentError };
  }
}
