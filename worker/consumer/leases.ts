import type { Log } from "../processor";
import { Batcher } from "./batcher";
import type { Clock } from "./clock";
import type { HeldMessage } from "./held-message";
import type { QueueCalls } from "./queue-calls";

/** SQS hides a message for 12 hours from its receipt at most, and refuses more. A minute less, because it
 *  counts from when it sent the message. Source: SQS developer guide, "visibility timeout". */
export const longestLeaseMs = 43_140_000;

/** One loop that keeps every held message hidden. Looks eight times per lease and extends what is older
 *  than a sixth of it, so the first beat comes before a third, and a beat that fails is repeated at
 *  the next look: five of them have to fail in a row before a lease is lost. */
export class Leases {
  private readonly held = new Set<HeldMessage>();
  private readonly beats: Batcher<{ receipt: string; seconds: number }>;
  private readonly lookEveryMs: number;
  private callOff: (() => void) | undefined;
  private lastLook = 0;
  private beatsFail = false;

  constructor(
    private readonly clock: Clock,
    calls: QueueCalls,
    private readonly visibilityTimeoutSeconds: number,
    private readonly log: Log,
    private readonly onLost: (held: HeldMessage) => void,
    private readonly onLook: () => void,
  ) {
    this.lookEveryMs = (visibilityTimeoutSeconds * 1000) / 8;
    this.beats = new Batcher(clock, (batch) => calls.changeVisibility(batch, "heartbeat"));
  }

  start(): void {
    this.lastLook = this.clock.now();
    this.callOff = this.clock.after(this.lookEveryMs, () => this.look());
  }

  stop(): void {
    this.callOff?.();
  }

  add(held: HeldMessage): void {
    this.held.add(held);
  }

  drop(held: HeldMessage): void {
    this.held.delete(held);
  }

  private look(): void {
    const now = this.clock.now();
    const late = now - this.lastLook - this.lookEveryMs;
    if (late > (this.visibilityTimeoutSeconds * 1000) / 3) {
      this.log.warn(
        { blockedSeconds: Math.round(late) / 1000 },
        "the event loop was blocked; leases may have run out meanwhile",
      );
    }
    this.lastLook = now;
    for (const held of this.held) {
      if (!held.isOurs(now)) {
        if (!held.leaseLost) {
          held.leaseLost = true;
          this.onLost(held);
        }
      } else if (this.needsBeat(held, now)) {
        held.beat = this.extend(held).finally(() => (held.beat = undefined));
      }
    }
    this.onLook();
    this.callOff = this.clock.after(this.lookEveryMs, () => this.look());
  }

  private needsBeat(held: HeldMessage, now: number): boolean {
    const isAged = now - held.leaseFrom >= this.leaseMs / 6;
    return isAged && held.beat === undefined && !held.isGivenBack;
  }

  private async extend(held: HeldMessage): Promise<void> {
    const { receipt } = held;
    const from = this.clock.now();
    const leftMs = held.heldSince + longestLeaseMs - from;
    const seconds = Math.min(this.visibilityTimeoutSeconds, Math.floor(leftMs / 1000));
    if (seconds < 1) {
      return;
    }
    try {
      await this.beats.add({ receipt, seconds });
      if (held.receipt === receipt) {
        held.leaseFrom = from;
        held.leaseUntil = from + seconds * 1000;
      }
      if (this.beatsFail) {
        this.beatsFail = false;
        this.log.info({}, "heartbeats go through again");
      }
    } catch (error) {
      if (!held.settled && !this.beatsFail) {
        this.beatsFail = true;
        this.log.warn(
          { err: error, messageId: held.message.id, leaseEndsInMs: held.leaseUntil - from },
          "a heartbeat failed; trying again",
        );
      }
    }
  }

  private get leaseMs(): number {
    return this.visibilityTimeoutSeconds * 1000;
  }
}
