import type { Message } from "@aws-sdk/client-sqs";

/** SQS hides a message for 12 hours from its receipt at most, and refuses more. A minute less, because it
 *  counts from when it sent the message. Source: SQS developer guide, "visibility timeout". */
export const longestLeaseMs = 43_140_000;

/** For how long one received message is ours. Times are on the consumer's clock. */
export class Lease {
  private current: { receipt: string; receivedAt: number; from: number; until: number };
  /** It ran out before it could be extended: another consumer may have the message. */
  private isLost = false;
  private extension: Promise<void> | undefined;

  /** `receivedAt`: the earliest moment at which the queue may have delivered it. */
  constructor(received: Message, receivedAt: number, lengthMs: number) {
    this.current = granted(received, receivedAt, lengthMs);
  }

  get receipt(): string {
    return this.current.receipt;
  }

  get endsAt(): number {
    return this.current.until;
  }

  /** A release has to wait for it: the extension would hide the message again. */
  get extensionUnderWay(): Promise<void> | undefined {
    return this.extension;
  }

  /** Whether the receipt still counts. SQS accepts a stale one without an error, so only the clock
   *  shows it, also right after a blocked event loop. */
  isOurs(now: number): boolean {
    return !this.isLost && now < this.current.until;
  }

  /** Since the queue delivered the message. */
  ageMs(now: number): number {
    return now - this.current.receivedAt;
  }

  /** Since the lease began or was extended last. */
  sinceExtendedMs(now: number): number {
    return now - this.current.from;
  }

  /** Whether its loss was noticed. */
  get isOver(): boolean {
    return this.isLost;
  }

  /** Answers true once when the lease has run out. */
  loseIfOver(now: number): boolean {
    const isLostNow = !this.isLost && now >= this.current.until;
    this.isLost ||= isLostNow;
    return isLostNow;
  }

  beginExtension(extension: Promise<void>): void {
    this.extension = extension.finally(() => (this.extension = undefined));
  }

  /** SQS extended the lease of this receipt; nothing changes when there is a newer one. */
  extend(receipt: string, from: number, lengthMs: number): void {
    if (this.current.receipt === receipt) {
      this.current.from = from;
      this.current.until = from + lengthMs;
    }
  }

  /** The queue delivered the message to us again: the newer receipt counts. */
  renew(received: Message, receivedAt: number, lengthMs: number): void {
    this.current = granted(received, receivedAt, lengthMs);
    this.isLost = false;
  }
}

function granted(received: Message, receivedAt: number, lengthMs: number) {
  return {
    receipt: received.ReceiptHandle ?? "",
    receivedAt,
    from: receivedAt,
    until: receivedAt + lengthMs,
  };
}
