import { exitCodes } from "./exit";

/** Ctrl-C once: no new steps, what runs is finished and kept. Twice: at once. */
export function cancellation(): { signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) {
      process.stderr.write("Cancelled at once; what was running may be unfinished.\n");
      process.exit(exitCodes.cancelled);
    }
    process.stderr.write(
      "Cancelling: what runs is finished and kept. Press Ctrl-C again to stop at once.\n",
    );
    controller.abort();
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
