import { setTimeout as delay } from "node:timers/promises";

/** Waits until the condition holds and answers with its value. The limit is for what never comes: a busy
 *  machine does not reach it. */
export async function eventually<Value>(
  what: string,
  condition: () => Promise<Value> | Value,
  withinMs = 100_000,
): Promise<Exclude<Value, false | undefined>> {
  const until = performance.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined) {
      return value as Exclude<Value, false | undefined>;
    }
    if (performance.now() > until) {
      throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    }
    await delay(20);
  }
}
