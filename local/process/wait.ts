import { setTimeout as delay } from "node:timers/promises";

export interface WaitOptions {
  /** Completes "Waited 5 s for …". */
  what: string;
  withinMs: number;
  everyMs?: number;
  /** A reason to stop waiting at once, such as a process that ended. */
  givenUpWhen?: () => string | undefined;
}

/** Waits for a condition, at most `withinMs`. If the condition throws, the wait ends. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  options: WaitOptions,
): Promise<void> {
  const deadline = Date.now() + options.withinMs;
  while (!(await condition())) {
    const reason = options.givenUpWhen?.();
    if (reason !== undefined) throw new Error(`Waited for ${options.what}: ${reason}.`);
    if (Date.now() >= deadline) {
      throw new Error(`Waited ${options.withinMs / 1000} s for ${options.what}, without success.`);
    }
    await delay(options.everyMs ?? 50);
  }
}
