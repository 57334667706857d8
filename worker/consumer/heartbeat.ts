import type { Log } from "../job/log";
import { Batcher } from "./batcher";
import type { Clock } from "./clock";
import type { HeldMessage } from "./held-message";
import { longestLeaseMs } from "./lease";
import type { QueueCalls } from "./queue-calls";

/** One loop that keeps every held message hidden. Checks eight times per lease and extends what is older
 *  than a sixth of it, so the first heartbeat comes before a third, and one that fails is repeated at
 *  the next check: five of them have to fail in a row before a lease is lost. It also checks at the end of
 *  the lease that ends first, so that its loss is noticed at once. */
export class Heartbeat {
  private readonly held = new Set<HeldMessage>();
  private readonly beats: Batcher<{ receipt: string; seconds: number }>;
  private readonly checkEveryMs: number;
  private cancel: (() => void) | undefined;
  private nextCheck = 0;
  private beatsFail = false;

  constructor(
    private readonly clock: Clock,
    calls: QueueCalls,
    private readonly visibilityTimeoutSeconds: number,
    private readonly log: Log,
    private readonly onLost: (held: HeldMessage) => void,
    private readonly onCheck: () => void,
  ) {
    this.checkEveryMs = (visibilityTimeoutSeconds * 1000) / 8;
    this.beats = new Batcher(clock, (batch) => calls.changeVisibility(batch, "heartbeat"));
  }

  start(): void {
    this.checkAt(this.clock.now() + this.checkEveryMs);
  }

  stop(): void {
    this.cancel?.();
  }

  add(held: HeldMessage): void {
    this.held.add(held);
  }

  drop(held: HeldMessage): void {
    this.held.delete(held);
  }

  private check(): void {
    const now = this.clock.now();
    const late = now - this.nextCheck;
    if (late > (this.visibilityTimeoutSeconds * 1000) / 3) {
      this.log.warn(
        { blockedSeconds: Math.round(late) / 1000 },
        "the event loop was blocked; leases may have run out in that time",
      );
    }
    for (const held of this.held) {
      if (held.lease.loseIfOver(now)) {
        this.onLost(held);
      } else if (this.isDue(held, now)) {
        held.lease.beginExtension(this.extend(held));
      }
    }
    this.onCheck();
    this.checkAt(now + this.checkEveryMs);
  }

  private checkAt(latest: number): void {
    let next = latest;
    for (const { lease } of this.held) {
      if (!lease.isOver && lease.endsAt < next) next = lease.endsAt;
    }
    this.nextCheck = next;
    this.cancel = this.clock.after(Math.max(0, next - this.clock.now()), () => this.check());
  }

  private isDue({ lease, state }: HeldMessage, now: number): boolean {
    const isAged = lease.sinceExtendedMs(now) >= this.leaseMs / 6;
    const mayExtend = lease.extensionUnderWay === undefined && state !== "releasing";
    return isAged && mayExtend && lease.isOurs(now);
  }

  private async extend(held: HeldMessage): Promise<void> {
    const { lease } = held;
    const { receipt } = lease;
    const from = this.clock.now();
    const longestSeconds = Math.floor((longestLeaseMs - lease.ageMs(from)) / 1000);
    const seconds = Math.min(this.visibilityTimeoutSeconds, longestSeconds);
    if (seconds < 1) {
      return;
    }
    try {
      await this.beats.add({ receipt, seconds });
      lease.extend(receipt, from, seconds * 1000);
      if (this.beatsFail) {
        this.beatsFail = false;
        this.log.info({}, "heartbeats work again");
      }
    } catch (error) {
      if (held.state !== "settled" && !this.beatsFail) {
        this.beatsFail = true;
        this.log.warn(
          { err: error, messageId: held.message.id, leaseEndsInMs: lease.endsAt - from },
          "a heartbeat failed; trying again",
        );
      }
    }
  }

  private get leaseMs(): number {
    return this.visibilityTimeoutSeconds * 1000;
  }
}
