import { exitCodes } from "./exit";

/** First Ctrl-C: no new steps; running steps are finished and their results are saved. Second Ctrl-C: exit
 *  immediately. */
export function cancellation(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) {
      say("Cancelled at once; steps that were running may be unfinished.");
      process.exit(exitCodes.cancelled);
    }
    // Abort first, so that the progress display is removed from the terminal before the message is printed.
    controller.abort();
    say("Cancelling: running steps are finished and saved. Press Ctrl-C again to stop at once.");
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

/** Writes over the ^C that a terminal shows. */
function say(text: string): void {
  process.stderr.write(`${process.stderr.isTTY ? "\r" : ""}${text}\n`);
}
