import type { Log } from "./log";
import type { WorkMessage } from "./message";

/** What became of the files of a message that is done. */
export interface FileCounts {
  processed: number;
  /** Settled without work, because they are no documents. */
  skipped: number;
  /** Of the processed ones: the result may not be what the file says. */
  doubtful: number;
}

/** What a processor gets with the message. */
export interface JobContext {
  /** Aborts when the job's time is over, the worker stops, or the message is no longer ours. */
  signal: AbortSignal;
  /** Which attempt this is; the first is 1. */
  attempt: number;
  maxAttempts: number;
  /** Its lines have the message's id. */
  log: Log;
  /** How many files the message stood for, where that is not one processed file (a test event: none). */
  reportFiles(counts: FileCounts): void;
}

/** Works on one message. Resolving means done: the message is deleted. Throwing a
 *  PermanentError dead-letters it now; throwing anything else has it tried again. */
export type Processor = (message: WorkMessage, context: JobContext) => Promise<void>;
