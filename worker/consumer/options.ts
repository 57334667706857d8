import type { Ledger } from "./finished-work";
import type { Log } from "../job/log";
import type { FileCounts, Processor } from "../job/processor";
import type { Clock } from "./clock";
import type { QueueClients } from "./queue-clients";
import type { WorkMessage } from "../job/message";

export interface ConsumerOptions {
  queueUrl: string;
  deadLetterQueueUrl: string;
  /** Messages worked on at once. */
  concurrency: number;
  /** Lease of a received message. Whole seconds, 1–43,200. */
  visibilityTimeoutSeconds: number;
  jobTimeoutSeconds: number;
  /** Attempts before a message is dead-lettered. */
  maxReceiveCount: number;
  /** How long an aborted processor may take to end before we go on without it; above what the command
   *  processor needs to kill its program. */
  abandonAfterMs?: number;
}

/** What the consumer works with; a test brings its own. */
export interface ConsumerParts {
  clients: QueueClients;
  processor: Processor;
  clock: Clock;
  log: Log;
  events: ConsumerEvents;
  /** Without one, finished work is remembered by this process only. */
  ledger?: Ledger;
  /** Every slot is held by a job that ignores its abort: only a new process can go on. */
  onStuck?: () => void;
}

/** What is worth measuring, as it happens. */
export interface ConsumerEvents {
  worked(seconds: number): void;
  done(files: FileCounts): void;
  deadLettered(message: WorkMessage): void;
  /** An attempt failed, and the message is tried again. */
  attemptFailed(): void;
  settled(lagSeconds: number): void;
  deleteFailed(): void;
  /** The dead-letter queue did not accept a message. */
  deadLetterFailed(): void;
}

/** How the messages that were received ended; each counts in exactly one. */
export interface Summary {
  /** Worked and deleted. */
  done: number;
  /** Sent to the dead-letter queue and deleted. */
  deadLettered: number;
  /** Given back to be tried again. */
  released: number;
  /** The lease ran out first: the queue delivers the message again, and the ledger knows if it is done. */
  leaseLost: number;
  /** Finished, but the delete did not go through: deleted when it comes back. */
  undeleted: number;
  /** Still open when the time to stop was over. */
  unsettled: number;
}
