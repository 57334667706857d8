import { setTimeout as delay } from "node:timers/promises";

/** Time as the consumer sees it, so that a test can replace it. */
export interface Clock {
  /** Milliseconds that never jump; only differences mean something. */
  now(): number;
  /** Milliseconds since 1970, for comparing with what others wrote down. */
  wall(): number;
  /** Runs `task` later; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
  /** Waits; ends early, without an error, when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  async sleep(ms, signal) {
    await delay(ms, undefined, { signal }).catch(() => undefined);
  },
};
