import { setTimeout as delay } from "node:timers/promises";

/** Lets at most so many messages a second pass. */
export class Pace {
  private freeAt = 0;

  constructor(private readonly perSecond: number | undefined) {}

  async turn(count: number): Promise<void> {
    if (this.perSecond === undefined) return;
    const now = performance.now();
    const at = Math.max(now, this.freeAt);
    this.freeAt = at + (count / this.perSecond) * 1000;
    await delay(at - now);
  }
}
