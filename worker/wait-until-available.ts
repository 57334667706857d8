import { type Clock, logOutageBegin, logOutageEnd, outagePauseMs } from "./consumer";
import { UnavailableError } from "./job/errors";
import type { Log } from "./job/log";

/** Tries to open what the worker cannot start without until it can be reached. Ends with the signal's
 *  reason when that aborts first, and with the error when no waiting repairs it. */
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
      if (tries > 1) logOutageEnd(log, clock.now() - began);
      return opened;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnavailableError) || error.fix !== undefined) throw error;
      if (tries === 1) logOutageBegin(log, error, "the worker starts as soon as it is reachable");
      await clock.sleep(outagePauseMs(tries), signal);
      signal.throwIfAborted();
    }
  }
}
