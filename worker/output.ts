import pino, { type Logger } from "pino";
import { logFormat } from "./log-format";

export interface WorkerOutput {
  log: Logger;
  /** Writes one line between those of the log, never into one of them. */
  writeLine(line: string): void;
}

/** Characters kept for when they can be written again. */
const longestBacklog = 1_000_000;

/** The worker's standard output: log and metrics, one JSON object a line. Written synchronously, so that
 *  the last line is there when the process ends. */
export function openOutput(base: Record<string, string>): WorkerOutput {
  const destination = pino.destination({ fd: 1, sync: true, maxLength: longestBacklog });
  // With a full disk log lines are lost; ending the worker would use up attempts of its messages.
  destination.on("error", () => undefined);
  const log = pino({ base, ...logFormat }, destination);
  return {
    log,
    writeLine: (line) => {
      destination.write(`${line}\n`);
    },
  };
}
