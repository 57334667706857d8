import { exitCodes } from "./exit";

/** Ctrl-C once: no new steps, what runs is finished and kept. Twice: at once. */
export function cancellation(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) {
      say("Cancelled at once; what was running may be unfinished.");
      process.exit(exitCodes.cancelled);
    }
    // First, so that whoever draws on the terminal makes room.
    controller.abort();
    say("Cancelling: what runs is finished and kept. Press Ctrl-C again to stop at once.");
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    dispose() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}

/** Over the ^C that a terminal shows. */
function say(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? "\r" : ""}${text}\n`);
}
