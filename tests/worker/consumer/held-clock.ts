import type { Clock } from "../../../worker/consumer";

/** A clock that runs only when a test advances it. */
export class HeldClock implements Clock {
  private time = 0;
  private readonly tasks = new Set<{ at: number; task: () => void }>();

  now = () => this.time;
  wall = () => this.time;

  after(ms: number, task: () => void): () => void {
    const entry = { at: this.time + ms, task };
    this.tasks.add(entry);
    return () => this.tasks.delete(entry);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.after(ms, resolve);
      signal?.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });
  }

  /** Runs what falls due on the way, in order. */
  advance(ms: number): void {
    const until = this.time + ms;
    for (let next = this.next(until); next !== undefined; next = this.next(until)) {
      this.tasks.delete(next);
      this.time = Math.max(this.time, next.at);
      next.task();
    }
    this.time = until;
  }

  /** Time passes and nothing runs, as while the event loop is blocked. */
  jump(ms: number): void {
    this.time += ms;
  }

  private next(until: number) {
    return [...this.tasks].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
  }
}
