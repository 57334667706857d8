import { setTimeout as delay } from "node:timers/promises";

export interface Repetition {
  /** Resolves when the current round has ended. */
  stop(): Promise<void>;
}

/** Repeats a task, one round at a time. A failed round is reported and does not end the repetition. */
export function repeat(
  round: () => Promise<void>,
  everyMs: number,
  onError: (error: unknown) => void,
): Repetition {
  const stopping = new AbortController();
  const loop = async () => {
    while (!stopping.signal.aborted) {
      try {
        await round();
      } catch (error) {
        onError(error);
      }
      await delay(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return {
    stop: () => {
      stopping.abort();
      return running;
    },
  };
}
