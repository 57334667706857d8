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
export function saysStarted(line: string): boolean {
  try {
    const message = (JSON.parse(line) as { msg?: unknown } | null)?.msg;
    return message === workerLogMessages.started;
  } catch {
    // Not a line of the worker's logger.
    return false;
  }
}
