import type { Log } from "../../../worker/job/log";

/** For tests that do not look at the log. */
export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLog,
};
