import type { Message } from "@aws-sdk/client-sqs";
import { workMessage, type WorkMessage } from "../job/message";
import type { RunningJob } from "./running-job";
import { Lease } from "./lease";

/** Where a message is between its receipt and its end. */
export type HeldState =
  /** Received just now. If it was handed out before, the ledger is asked whether it is finished. */
  | { name: "arrived" }
  /** In the waiting line, for a slot. */
  | { name: "waiting" }
  /** It has a slot. `job` is there while the processor runs; before that the ledger may be asked. */
  | { name: "working"; job: RunningJob | undefined }
  /** Of a FIFO queue: its attempt failed, and the next one is here, after a delay. */
  | { name: "pausing" }
  /** On its way to one of its ends; no attempt comes any more. */
  | { name: "settling" }
  /** Is being made visible again: a heartbeat now would hide it. */
  | { name: "releasing" }
  /** Nothing more is done about it here. */
  | { name: "settled" };

type StateName = HeldState["name"];

/** Which state may follow which, and who moves the message there:
 *  - waiting: the waiting line, when it takes the message in (new, due again after a pause, or kept for
 *    the end of an outage);
 *  - working: the waiting line, when it gives the message a slot; the attempts begin and end its job;
 *  - pausing: the retries, when they take a failed message;
 *  - settling: the endings, first of all whatever the end is;
 *  - releasing: the settlement, before the call;
 *  - settled: the endings, last of all.
 *  Each state is entered by the method of that name below, and nothing else changes it. */
const followers: Readonly<Record<StateName, readonly StateName[]>> = {
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
  private current: HeldState = { name: "arrived" };
  /** Attempts made here without giving the message back (FIFO queues). */
  private extraAttempts = 0;
  private outages = 0;
  private lastOutage: number | undefined;
  private ledgerIsDue = false;

  constructor(received: Message, now: number, visibilityTimeoutMs: number) {
    this.message = workMessage(received);
    this.lease = new Lease(received, now, visibilityTimeoutMs);
  }

  get state(): HeldState {
    return this.current;
  }

  /** Which attempt is under way, or comes next; the first is 1. */
  get attempt(): number {
    return this.message.receiveCount + this.extraAttempts;
  }

  /** The ledger could not be asked about it, because of an outage; to be done before its attempt. */
  get needsLedger(): boolean {
    return this.ledgerIsDue;
  }

  /** Outages that attempts on it met. */
  get outagesMet(): number {
    return this.outages;
  }

  /** The queue handed the message to us once more while we still hold it. */
  adopt(received: Message, now: number, visibilityTimeoutMs: number): void {
    this.message.receiveCount = workMessage(received).receiveCount;
    this.lease.renew(received, now, visibilityTimeoutMs);
  }

  wait(): void {
    this.move({ name: "waiting" });
  }

  work(): void {
    this.move({ name: "working", job: undefined });
  }

  /** The processor begins. */
  beginJob(job: RunningJob): void {
    this.setJob(job);
  }

  /** The processor has ended, or is waited for no longer. */
  endJob(): void {
    this.setJob(undefined);
  }

  /** An attempt failed, and the next one is to be here, which SQS does not count. */
  pause(): void {
    this.move({ name: "pausing" });
    this.extraAttempts += 1;
  }

  settle(): void {
    this.move({ name: "settling" });
  }

  release(): void {
    this.move({ name: "releasing" });
  }

  end(): void {
    this.move({ name: "settled" });
  }

  /** Counts each outage once; answers how many it has met. */
  meetOutage(serial: number): number {
    if (this.lastOutage !== serial) {
      this.lastOutage = serial;
      this.outages += 1;
    }
    return this.outages;
  }

  ledgerUnreachable(): void {
    this.ledgerIsDue = true;
  }

  ledgerAsked(): void {
    this.ledgerIsDue = false;
  }

  private setJob(job: RunningJob | undefined): void {
    if (
      this.current.name !== "working" ||
      (this.current.job === undefined) === (job === undefined)
    ) {
      throw new Error(
        `a job cannot ${job === undefined ? "end" : "begin"} on message ${this.message.id} while it is ${this.current.name}`,
      );
    }
    this.current = { name: "working", job };
  }

  private move(next: HeldState): void {
    const { name } = this.current;
    if (!followers[name].includes(next.name)) {
      throw new Error(`message ${this.message.id} is ${name} and cannot be ${next.name} next`);
    }
    this.current = next;
  }
}
