import type { Message } from "@aws-sdk/client-sqs";
import type { JobAbort } from "./job-abort";
import { workMessage, type WorkMessage } from "../message";

/** A message this worker has received and not yet settled. */
export class HeldMessage {
  readonly message: WorkMessage;
  /** When it was received; SQS counts the longest lease from here. */
  heldSince: number;
  receipt: string;
  /** When the current lease began and when it ends, on the consumer's clock. */
  leaseFrom: number;
  leaseUntil: number;
  /** The extension under way: a release has to wait for it, or it would hide the message again. */
  beat: Promise<void> | undefined;
  /** Set while a processor works on it. */
  abort: JobAbort | undefined;
  /** Attempts made here without giving the message back (FIFO queues). */
  extraAttempts = 0;
  /** The lease ran out before it could be extended: another consumer may have the message. */
  leaseLost = false;
  /** On its way back to the queue: a heartbeat after its release would hide it again. */
  isGivenBack = false;
  /** Nothing more is to be done here; a heartbeat that fails now is nobody's concern. */
  settled = false;
  /** Outages that attempts on it met, and the last of them. */
  outages = 0;
  lastOutage = 0;
  /** The ledger could not be asked about it. */
  isUnknown = false;
  files = 1;

  constructor(received: Message, now: number, visibilityTimeoutMs: number) {
    this.message = workMessage(received);
    this.receipt = received.ReceiptHandle ?? "";
    this.heldSince = now;
    this.leaseFrom = now;
    this.leaseUntil = now + visibilityTimeoutMs;
  }

  get attempt(): number {
    return this.message.receiveCount + this.extraAttempts;
  }

  /** Whether the receipt still counts. SQS accepts a stale one without complaint, so only the clock
   *  tells; after a blocked event loop it is the first to know. */
  isOurs(now: number): boolean {
    return !this.leaseLost && now < this.leaseUntil;
  }

  /** The queue handed the message to us once more while we still hold it: the newer receipt counts. */
  adopt(received: Message, now: number, visibilityTimeoutMs: number): void {
    this.receipt = received.ReceiptHandle ?? "";
    this.message.receiveCount = workMessage(received).receiveCount;
    this.heldSince = now;
    this.leaseFrom = now;
    this.leaseUntil = now + visibilityTimeoutMs;
    this.leaseLost = false;
  }
}
