/** How the work on a message ended. */
export type FinishedOutcome = "done" | "dead-lettered";

/** Remembers finished work across processes, so that a message whose delete failed, or whose worker died
 *  before deleting it, is never worked again. Keys are message ids. */
export interface Ledger {
  find(messageIds: readonly string[]): Promise<ReadonlyMap<string, FinishedOutcome>>;
  record(messageId: string, outcome: FinishedOutcome): Promise<void>;
}

/** What this process knows of a message that it has seen before. */
export type Verdict =
  | { outcome: FinishedOutcome; deleteFailureCounted: boolean }
  /** Failed finally, but the dead-letter queue has not accepted it yet. */
  | { outcome: "failed"; reason: string };

/** This process's own memory, in front of the ledger; the oldest is forgotten first. */
export class Verdicts {
  private readonly byId = new Map<string, Verdict>();

  constructor(private readonly capacity = 50_000) {}

  get(messageId: string): Verdict | undefined {
    return this.byId.get(messageId);
  }

  set(messageId: string, verdict: Verdict): void {
    this.byId.delete(messageId);
    this.byId.set(messageId, verdict);
    if (this.byId.size > this.capacity) {
      for (const oldest of this.byId.keys()) {
        this.byId.delete(oldest);
        break;
      }
    }
  }
}
