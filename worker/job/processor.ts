import type { Log } from "./log";
import type { WorkMessage } from "./message";

/** What a processor gets beside the message. */
export interface JobContext {
  /** Aborts when the job's time is over, the worker stops, or the message is no longer ours. */
  signal: AbortSignal;
  /** Which attempt this is; the first is 1. */
  attempt: number;
  maxAttempts: number;
  /** Its lines have the message's id. */
  log: Log;
  /** How many files the message stood for, where that is not one (a test event: 0). */
  reportFiles(count: number): void;
}

/** Works on one message. Resolving means done: the message is deleted. Throwing a
 *  PermanentError dead-letters it now; throwing anything else has it tried again. */
export type Processor = (message: WorkMessage, context: JobContext) => Promise<void>;
