import type { Message } from "@aws-sdk/client-sqs";
import { workMessage, type WorkMessage } from "../job/message";
import { Lease } from "./lease";
import type { RunningJob } from "./running-job";

/** Where a message is between its receipt and its end:
 *  - arrived: if it was delivered before, the ledger is asked whether it is finished;
 *  - waiting: in the waiting line, for a slot. Set by the waiting line;
 *  - working: it has a slot, and a job while the processor runs. Set by the waiting line; the job by the
 *    attempts;
 *  - pausing: its attempt failed and the next one is here, after a delay (FIFO). Set by the retries;
 *  - settling: on its way to its end, with no further attempt. Set by the endings, before anything else;
 *  - releasing: being made visible again; a heartbeat would hide it. Set by the settlement;
 *  - settled: nothing more is done with it here. Set by the endings, after everything else. */
export type HeldState =
  "arrived" | "waiting" | "working" | "pausing" | "settling" | "releasing" | "settled";

const mayBecome: Readonly<Record<HeldState, readonly HeldState[]>> = {
  arrived: ["waiting", "pausing", "settling"],
  waiting: ["working", "settling"],
  working: ["waiting", "pausing", "settling"],
  pausing: ["waiting", "settling"],
  settling: ["releasing", "settled"],
  releasing: ["settled"],
  settled: [],
};

/** A message this worker has received and not yet settled. */
export class HeldMessage {
  readonly message: WorkMessage;
  readonly lease: Lease;
  private currentState: HeldState = "arrived";
  private currentJob: RunningJob | undefined;
  /** Attempts made here without giving the message back, which SQS does not count (FIFO). */
  private extraAttempts = 0;
  private outages = 0;
  private lastOutage: number | undefined;
  /** The ledger could not be asked about it because of an outage, and has to be before its attempt. */
  needsLedger = false;
  /** Earlier deliveries that ended before the work had started. */
  unstartedBefore = 0;
  /** Earlier starts, where the ledger counts them. */
  startsBefore: number | undefined;
  private started = false;

  /** `receivedAt`: the earliest moment at which the queue may have delivered it. */
  constructor(received: Message, receivedAt: number, visibilityTimeoutMs: number) {
    this.message = workMessage(received);
    this.lease = new Lease(received, receivedAt, visibilityTimeoutMs);
  }

  get state(): HeldState {
    return this.currentState;
  }

  get job(): RunningJob | undefined {
    return this.currentJob;
  }

  /** The attempt that is made or comes next; the first is 1. Only starts count; where nobody counts them, the
   *  deliveries that are not known to have ended without one. */
  get attempt(): number {
    const earlier =
      this.startsBefore ?? Math.max(0, this.message.receiveCount - this.unstartedBefore - 1);
    return earlier + 1 + this.extraAttempts;
  }

  /** Attempts that were made so far. */
  get attemptsMade(): number {
    return this.started ? this.attempt : this.attempt - 1;
  }

  /** Whether an attempt that counts has been made on this delivery. */
  get wasStarted(): boolean {
    return this.started;
  }

  /** Outages that attempts on it met. */
  get outagesMet(): number {
    return this.outages;
  }

  become(next: HeldState): void {
    const isAllowed = mayBecome[this.currentState].includes(next) && this.currentJob === undefined;
    if (!isAllowed) throw this.fault(next);
    this.currentState = next;
    if (next === "pausing") this.extraAttempts += 1;
  }

  beginJob(job: RunningJob): void {
    if (this.currentState !== "working" || this.currentJob !== undefined) {
      throw this.fault("given a job");
    }
    this.currentJob = job;
    this.started = true;
  }

  /** The processor has ended, or is no longer waited for. */
  endJob(): void {
    this.currentJob = undefined;
  }

  /** The queue delivered the message to us again while we still hold it. */
  adopt(received: Message, receivedAt: number, visibilityTimeoutMs: number): void {
    const { receiveCount } = workMessage(received);
    // It is the same attempt, although the queue counts another delivery.
    this.unstartedBefore += Math.max(0, receiveCount - this.message.receiveCount);
    this.message.receiveCount = receiveCount;
    this.lease.renew(received, receivedAt, visibilityTimeoutMs);
  }

  /** The attempt does not count. Counts each outage once; answers how many there were. */
  meetOutage(serial: number): number {
    this.started = this.extraAttempts > 0;
    if (this.lastOutage !== serial) {
      this.lastOutage = serial;
      this.outages += 1;
    }
    return this.outages;
  }

  private fault(next: string): Error {
    const job = this.currentJob === undefined ? "" : " with a job";
    return new Error(
      `message ${this.message.id} is ${this.currentState}${job}; it cannot be ${next} now`,
    );
  }
}
