import type { Clock } from "./clock";

/** Events per second over about the last second, newer ones counting more. */
export class Rate {
  private perSecond = 0;
  private at: number;

  constructor(
    private readonly clock: Clock,
    private readonly spanMs = 1000,
  ) {
    this.at = clock.now();
  }

  count(): void {
    this.perSecond = this.current() + 1000 / this.spanMs;
  }

  current(): number {
    const now = this.clock.now();
    this.perSecond *= Math.exp((this.at - now) / this.spanMs);
    this.at = now;
    return this.perSecond;
  }
}
