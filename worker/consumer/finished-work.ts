/** How the work on a message ended. */
export type FinishedOutcome = "done" | "dead-lettered";

/** Remembers finished work across processes, so that a message whose delete failed, or whose worker died
 *  before deleting it, is never worked again. Keys are message ids. */
export interface Ledger {
  find(messageIds: readonly string[]): Promise<ReadonlyMap<string, MessageHistory>>;
  record(messageId: string, outcome: FinishedOutcome): Promise<void>;
  /** Counts a delivery that ended before the work had started. */
  recordUnstarted(messageId: string): Promise<void>;
  /** Counts a start before the work begins, or takes one back that an outage ended. A ledger that is cheap to write has it:
   *  then attempts are starts, also where a worker was killed. Otherwise they are the deliveries that the queue counts,
   *  without those that are known to be unstarted. */
  countStart?(messageId: string, change: 1 | -1): Promise<void>;
}

/** What is known of a message that was delivered before. */
export interface MessageHistory {
  outcome?: FinishedOutcome;
  /** Deliveries that ended before the work had started. They are no attempts. */
  unstarted?: number;
  /** Starts, where they are counted. */
  starts?: number;
}

/** What this process knows of a message that it has seen before. */
export type Verdict =
  | { outcome: FinishedOutcome; deleteFailureCounted: boolean }
  /** Failed finally, but the dead-letter queue has not accepted it yet. */
  | { outcome: "failed"; reason: string };
