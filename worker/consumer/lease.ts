import type { Message } from "@aws-sdk/client-sqs";

/** SQS hides a message for 12 hours from its receipt at most, and refuses more. A minute less, because it
 *  counts from when it sent the message. Source: SQS developer guide, "visibility timeout". */
export const longestLeaseMs = 43_140_000;

/** For how long one received message is ours. Times are on the consumer's clock. */
export class Lease {
  private currentReceipt: string;
  private receivedAt: number;
  private from: number;
  private until: number;
  /** It ran out before it could be extended: another consumer may have the message. */
  private isLost = false;
  private extension: Promise<void> | undefined;

  constructor(received: Message, now: number, lengthMs: number) {
    this.currentReceipt = received.ReceiptHandle ?? "";
    this.receivedAt = now;
    this.from = now;
    this.until = now + lengthMs;
  }

  get receipt(): string {
    return this.currentReceipt;
  }

  get endsAt(): number {
    return this.until;
  }

  /** Whether the receipt still counts. SQS accepts a stale one without an error, so only the clock
   *  shows it, also right after a blocked event loop. */
  isOurs(now: number): boolean {
    return !this.isLost && now < this.until;
  }

  /** Since the queue handed the message out. */
  ageMs(now: number): number {
    return now - this.receivedAt;
  }

  /** Since the lease began or was extended last. */
  sinceExtendedMs(now: number): number {
    return now - this.from;
  }

  /** The longest that SQS allows from now on; less than nothing at the end of the twelve hours. */
  longestExtensionMs(now: number): number {
    return this.receivedAt + longestLeaseMs - now;
  }

  /** The queue handed the message to us once more: the newer receipt counts. */
  renew(received: Message, now: number, lengthMs: number): void {
    this.currentReceipt = received.ReceiptHandle ?? "";
    this.receivedAt = now;
    this.from = now;
    this.until = now + lengthMs;
    this.isLost = false;
  }

  /** Answers true once when the lease has run out. */
  loseIfOver(now: number): boolean {
    if (this.isLost || this.isOurs(now)) {
      return false;
    }
    this.isLost = true;
    return true;
  }

  /** SQS granted an extension of this receipt; nothing changes when there is a newer one. */
  extend(receipt: string, from: number, lengthMs: number): void {
    if (this.currentReceipt === receipt) {
      this.from = from;
      this.until = from + lengthMs;
    }
  }

  /** A release has to wait for it: the extension would hide the message again. */
  get extensionUnderWay(): Promise<void> | undefined {
    return this.extension;
  }

  beginExtension(extension: Promise<void>): void {
    this.extension = extension.finally(() => (this.extension = undefined));
  }
}
