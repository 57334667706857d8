import { describeError } from "../job/describe-error";
import { UnavailableError } from "../job/errors";
import { type AttemptEnd, LeaseLostError, runAttempt, WorkerStoppedError } from "./run-attempt";
import { retryDelaySeconds } from "./back-off";
import type { Endings } from "./endings";
import type { HeldMessage } from "./held-message";
import type { History } from "./history";
import { RunningJob } from "./running-job";
import type { ConsumerOptions, ConsumerParts } from "./options";
import type { Outage } from "./outage";

/** Called by the attempts. */
export interface AttemptsListener {
  worked(): void;
  slotIsFree(): void;
  /** This worker must retry the message when the outage has ended. */
  keep(held: HeldMessage): void;
  /** Whether a failed message is to be tried again here, without giving it back. On a FIFO queue it is:
   *  the queue would deliver the rest of its group, which we hold, only after it, and count attempts on
   *  messages that nobody tried. So is one that the queue would dead-letter instead of delivering it again. */
  retriesHere(held: HeldMessage): boolean;
  retryHere(held: HeldMessage, delaySeconds: number): void;
}

/** Attempts on messages: runs the processor, and ends the message as the result requires. */
export class Attempts {
  /** How long an aborted processor may take to end; shorter while the worker stops. */
  abandonAfterMs: number;
  /** Messages whose processor ignores its abort; they get no second run at the same time. */
  private readonly stillRunning = new Set<string>();

  constructor(
    private readonly options: ConsumerOptions,
    private readonly parts: ConsumerParts,
    private readonly history: History,
    private readonly endings: Endings,
    private readonly outage: Outage,
    private readonly listener: AttemptsListener,
  ) {
    this.abandonAfterMs = options.abandonAfterMs ?? 10_000;
  }

  /** From the moment that a slot is free until the message is settled. */
  async work(held: HeldMessage): Promise<void> {
    const { clock, events } = this.parts;
    const began = clock.now();
    const end = await this.attempt(held);
    if (this.isKept(held, end)) {
      this.listener.keep(held);
      this.listener.slotIsFree();
      return;
    }
    this.listener.worked();
    events.worked((clock.now() - began) / 1000);
    const leftover = end.kind === "aborted" ? end.stillRunning : undefined;
    if (leftover === undefined) {
      this.listener.slotIsFree();
    } else {
      this.keepSlotFor(held, leftover);
    }
    await this.settle(held, end);
  }

  /** Retries the message, or dead-letters it when its attempts are used up. */
  async failed(held: HeldMessage, error: unknown): Promise<void> {
    const { attempt } = held;
    if (attempt >= this.options.maxReceiveCount) {
      const reason = `failed ${Math.max(held.attemptsMade, 1)} times, the last time with: ${describeError(error)}`;
      await this.endings.deadLetter(held, reason);
      return;
    }
    this.parts.events.attemptFailed();
    const retrySeconds = retryDelaySeconds(attempt, this.options.visibilityTimeoutSeconds);
    this.parts.log.warn(
      { messageId: held.message.id, attempt, err: error, retrySeconds },
      "an attempt failed; the message will be tried again",
    );
    if (this.listener.retriesHere(held)) {
      this.listener.retryHere(held, retrySeconds);
    } else {
      await this.endings.release(held, retrySeconds);
    }
  }

  private async attempt(held: HeldMessage): Promise<AttemptEnd> {
    const { maxReceiveCount, jobTimeoutSeconds } = this.options;
    const { clock, log, processor } = this.parts;
    if (!held.lease.isOurs(clock.now())) {
      return { kind: "aborted", reason: new LeaseLostError(), stillRunning: undefined };
    }
    if (held.needsLedger) {
      const error = await this.history.lookUp([held]);
      if (error !== undefined) return { kind: "failed", error, isPermanent: false };
      held.needsLedger = false;
      if (!this.history.needsLookUp(held)) return { kind: "known" };
    }
    const obstacle = this.obstacle(held);
    if (obstacle !== undefined) {
      return { kind: "aborted", reason: new Error(obstacle), stillRunning: undefined };
    }
    const job = new RunningJob(held.message.id, held.attempt, maxReceiveCount, log);
    held.beginJob(job);
    await this.history.countStart(held.message.id, 1);
    const end = await runAttempt(processor, held.message, job, clock, {
      jobTimeoutSeconds,
      abandonAfterMs: () => this.abandonAfterMs,
    });
    held.endJob();
    return end;
  }

  private isKept(held: HeldMessage, end: AttemptEnd): boolean {
    if (end.kind === "failed" && end.error instanceof UnavailableError) {
      const { wasStarted } = held;
      const isKept = this.outage.meets(held, end.error);
      if (isKept && wasStarted) void this.history.countStart(held.message.id, -1);
      return isKept;
    }
    if (this.outage.isOn) {
      const succeeded = end.kind === "done" || (end.kind === "failed" && !end.isPermanent);
      this.outage.ends(held, succeeded);
    }
    return false;
  }

  /** Why the processor must not run on this message. */
  private obstacle(held: HeldMessage): string | undefined {
    if (this.stillRunning.has(held.message.id)) {
      return "an earlier attempt still runs: it ignores its abort";
    }
    return held.attempt > this.options.maxReceiveCount
      ? "earlier attempts ended without a result; the message may crash the worker"
      : undefined;
  }

  private async settle(held: HeldMessage, end: AttemptEnd): Promise<void> {
    if (end.kind === "done") {
      await this.endings.done(held, end.files);
    } else if (end.kind === "known") {
      this.endings.settleIfFinished(held);
    } else if (end.kind === "failed" && end.isPermanent) {
      await this.endings.deadLetter(held, describeError(end.error));
    } else if (end.kind === "aborted" && end.reason instanceof WorkerStoppedError) {
      await this.endings.giveBack(held);
    } else {
      await this.failed(held, end.kind === "failed" ? end.error : end.reason);
    }
  }

  private keepSlotFor(held: HeldMessage, leftover: Promise<void>): void {
    const { id } = held.message;
    this.stillRunning.add(id);
    this.parts.log.error(
      { messageId: id, slotsHeld: this.stillRunning.size, slots: this.options.concurrency },
      "a job ignores its abort; it keeps its slot until it ends",
    );
    void leftover.then(() => {
      this.stillRunning.delete(id);
      this.listener.slotIsFree();
    });
    if (this.stillRunning.size >= this.options.concurrency) {
      this.parts.onStuck?.();
    }
  }
}
