import type { EventEmitter } from "node:events";
import { workerLogMessages } from "../../contracts/worker-log-messages";

/** What the other units of a machine see of its worker. */
export interface WorkerEvents {
  began: [];
  line: [string];
  ended: [];
}

export type Worker = EventEmitter<WorkerEvents>;

/** Whether a worker's log line says that it works. */
export const saysStarted = (line: string): boolean => messageOf(line) === workerLogMessages.started;

/** The message of the worker's last line. Undefined if this is another line. */
export function stoppedIn(line: string): string | undefined {
  const message = messageOf(line);
  return message?.startsWith(workerLogMessages.stopped) === true ? message : undefined;
}

function messageOf(line: string): string | undefined {
  try {
    const message = (JSON.parse(line) as { msg?: unknown } | null)?.msg;
    return typeof message === "string" ? message : undefined;
  } catch {
    // Not a line of the worker's logger.
    return undefined;
  }
}
