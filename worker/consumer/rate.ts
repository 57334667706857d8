import type { Clock } from "./clock";

/** In a shorter time a rate would be mostly chance. */
const shortestSpanMs = 200;

/** Events per second over about the last second, newer ones counting more. */
export class Rate {
  private weight = 0;
  private at: number;
  private since: number | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly spanMs = 1000,
  ) {
    this.at = clock.now();
  }

  count(): void {
    this.decay();
    this.since ??= this.at;
    this.weight += 1;
  }

  /** Right from the start: as long as less than the span has passed, only that much counts. */
  current(): number {
    this.decay();
    if (this.since === undefined) {
      return 0;
    }
    const elapsedMs = Math.max(shortestSpanMs, this.at - this.since);
    return (1000 * this.weight) / (this.spanMs * (1 - Math.exp(-elapsedMs / this.spanMs)));
  }

  private decay(): void {
    const now = this.clock.now();
    this.weight *= Math.exp((this.at - now) / this.spanMs);
    this.at = now;
  }
}
