import type { JobContext, Log } from "../processor";
import type { HeldMessage } from "./held-message";

/** The context of one attempt; its log is made when the processor first uses it. */
export function jobContext(
  held: HeldMessage,
  signal: AbortSignal,
  maxAttempts: number,
  log: Log,
): JobContext {
  let ownLog: Log | undefined;
  return {
    signal,
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
