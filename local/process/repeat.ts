import { setTimeout as delay } from "node:timers/promises";

export interface Repetition {
  /** Resolves when the round under way has ended. */
  stop(): Promise<void>;
}

/** Does something again and again, never two at once; a round that fails is reported, not fatal. */
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
