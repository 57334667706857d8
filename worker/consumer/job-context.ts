import type { JobContext, Log } from "../processor";
import type { HeldMessage } from "./held-message";
import type { JobAbort } from "./job-abort";

/** The context of one attempt; its signal and log are made when the processor first uses them. */
export function jobContext(
  held: HeldMessage,
  abort: JobAbort,
  maxAttempts: number,
  log: Log,
): JobContext {
  let ownLog: Log | undefined;
  return {
    get signal() {
      return abort.signal;
    },
    attempt: held.attempt,
    maxAttempts,
    get log() {
      ownLog ??= log.child({ messageId: held.message.id, attempt: held.attempt });
      return ownLog;
    },
    reportFiles: (count) => {
      held.files = count;
    },
  };
}
