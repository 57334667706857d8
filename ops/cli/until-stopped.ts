import { progress } from "./output";

/** Runs long work that ends early, but in order, after Ctrl-C or SIGTERM. A second Ctrl-C ends the process at once. */
export async function untilStopped<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const stop = () => {
    progress("stopping: what is in hand is finished first");
    controller.abort();
    forget();
  };
  const forget = () => signals.forEach((signal) => process.off(signal, stop));
  signals.forEach((signal) => process.on(signal, stop));
  try {
    return await work(controller.signal);
  } finally {
    forget();
  }
}

const signals = ["SIGINT", "SIGTERM"] as const;
