import type { UnavailableError } from "../job/errors";
import type { Log } from "../job/log";
import { backOffMs } from "./back-off";

/** How long to wait before something unreachable is tried again: from one second to thirty. */
export const outagePauseMs = (tries: number): number => backOffMs(tries, 1000, 30_000);

export function logOutageBegin(log: Log, error: UnavailableError, consequence: string): void {
  log.error({ err: error, dependency: error.dependency }, `${error.message}; ${consequence}`);
}

export function logOutageEnd(log: Log, lastedMs: number): void {
  const seconds = Math.round(lastedMs / 100) / 10;
  log.info({ seconds }, `the outage is over after ${seconds} s`);
}
