import { setTimeout as delay } from "node:timers/promises";

/** Waits until the condition holds and answers with its value; fails when it takes too long. */
export async function eventually<Value>(
  what: string,
  condition: () => Promise<Value> | Value,
  withinMs = 30_000,
): Promise<Exclude<Value, false | undefined>> {
  const until = performance.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined) {
      return value as Exclude<Value, false | undefined>;
    }
    if (performance.now() > until) {
      throw new Error(`not within ${withinMs} ms: ${what}`);
    }
    await delay(20);
  }
}
