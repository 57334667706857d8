import type { Clock } from "./clock";

/** Between two ticks. */
const tickMs = 500;

/** A tick that is later than this was late because the process did not run. */
const lateMs = 250;

/** Longer ago than any poll that is under way. */
const rememberedMs = 120_000;

/** The times in which this process did not run: stopped by a signal, suspended with its machine, or with a blocked
 *  event loop. What it was sent in such a time may be older than it looks. */
export class Pauses {
  private lastTick = 0;
  private pauses: { end: number; ms: number }[] = [];
  private cancel: (() => void) | undefined;

  constructor(private readonly clock: Clock) {}

  start(): void {
    this.lastTick = this.clock.now();
    this.cancel = this.clock.after(tickMs, () => this.tick());
  }

  stop(): void {
    this.cancel?.();
  }

  /** Milliseconds of pauses since a moment on the clock. */
  since(moment: number): number {
    const now = this.clock.now();
    return (
      [...this.pauses, { end: now, ms: this.late(now) }]
        .filter(({ end }) => end > moment)
        // A pause may have begun before the moment.
        .reduce((sum, { end, ms }) => sum + Math.min(ms, end - moment), 0)
    );
  }

  private tick(): void {
    const now = this.clock.now();
    const ms = this.late(now);
    this.pauses = this.pauses.filter(({ end }) => end > now - rememberedMs);
    if (ms > 0) this.pauses.push({ end: now, ms });
    this.lastTick = now;
    this.cancel = this.clock.after(tickMs, () => this.tick());
  }

  private late(now: number): number {
    const late = now - this.lastTick - tickMs;
    return late > lateMs ? late : 0;
  }
}
