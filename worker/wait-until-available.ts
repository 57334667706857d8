import { backOffMs, type Clock } from "./consumer";
import { UnavailableError } from "./errors";
import type { Log } from "./processor";

/** Tries to open what the worker cannot start without until it can be reached. Ends with the signal's
 *  reason when that aborts first. */
export async function waitUntilAvailable<Opened>(
  open: () => Promise<Opened>,
  clock: Clock,
  log: Log,
  signal: AbortSignal,
): Promise<Opened> {
  const began = clock.now();
  for (let tries = 1; ; tries += 1) {
    try {
      const opened = await open();
      if (tries > 1) {
        const seconds = Math.round((clock.now() - began) / 100) / 10;
        log.info({ seconds }, `the outage is over after ${seconds} s`);
      }
      return opened;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnavailableError)) throw error;
      if (tries === 1) {
        log.error(
          { err: error, dependency: error.dependency },
          `${error.message}; the worker starts as soon as it is there`,
        );
      }
      await clock.sleep(backOffMs(tries, 1000, 30_000), signal);
      signal.throwIfAborted();
    }
  }
}
