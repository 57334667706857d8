import type { Message } from "@aws-sdk/client-sqs";
import { workMessage, type WorkMessage } from "../job/message";
import { Lease } from "./lease";
import type { RunningJob } from "./running-job";

/** Where a message is between its receipt and its end:
 *  - arrived: if it was handed out before, the ledger is asked whether it is finished;
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

  constructor(received: Message, now: number, visibilityTimeoutMs: number) {
    this.message = workMessage(received);
    this.lease = new Lease(received, now, visibilityTimeoutMs);
  }

  get state(): HeldState {
    return this.currentState;
  }

  get job(): RunningJob | undefined {
    return this.currentJob;
  }

  /** The attempt that is made or comes next; the first is 1. */
  get attempt(): number {
    return this.message.receiveCount + this.extraAttempts;
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
  }

  /** The processor has ended, or is no longer waited for. */
  endJob(): void {
    this.currentJob = undefined;
  }

  /** The queue handed the message to us once more while we still hold it. */
  adopt(received: Message, now: number, visibilityTimeoutMs: number): void {
    this.message.receiveCount = workMessage(received).receiveCount;
    this.lease.renew(received, now, visibilityTimeoutMs);
  }

  /** Counts each outage once; answers how many there were. */
  meetOutage(serial: number): number {
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
