import type { Letter } from "../letter";

/** Ids that are named for each reason. */
const namedIds = 10;

export interface Reason {
  reason: string;
  count: number;
  /** Of the first of them. */
  ids: string[];
}

export interface Counts {
  /** Confirmed sent, and then deleted. */
  moved: number;
  /** Of `moved`: a run before had sent them, so they were only deleted. */
  sentBefore: number;
  notMoved: number;
  /** Confirmed sent. The next run deletes them, and does not send them again. */
  movedNotDeleted: number;
  /** Messages of which the queue may have got a second copy, because a call ended without an answer. */
  perhapsTwice: number;
  /** Sent or dead-lettered after the run had begun: left where they are. */
  cameLater: number;
}

/** Counts what a redrive does. A letter may be received twice, so each is counted by its id. */
export class Tally {
  private readonly moved = new Set<string>();
  private readonly later = new Set<string>();
  private readonly unmoved = new Map<string, Failed>();
  private readonly undeleted = new Map<string, Failed>();
  private sentBefore = 0;
  private twice = 0;

  hasMoved({ id }: Letter, { wasSentBefore }: { wasSentBefore: boolean }): void {
    this.unmoved.delete(id);
    this.undeleted.delete(id);
    if (this.moved.has(id)) return;
    this.moved.add(id);
    if (wasSentBefore) this.sentBefore += 1;
  }

  hasNotMoved(letter: Letter, reason: string): void {
    this.unmoved.set(letter.id, { letter, reason });
  }

  hasNotBeenDeleted(letter: Letter, reason: string): void {
    this.unmoved.delete(letter.id);
    this.undeleted.set(letter.id, { letter, reason });
  }

  hasComeLater({ id }: Letter): void {
    this.later.add(id);
  }

  mayBeTwice(): void {
    this.twice += 1;
  }

  /** Sent, and still in the dead-letter queue. */
  get lettersNotDeleted(): Letter[] {
    return [...this.undeleted.values()].map(({ letter }) => letter);
  }

  get reasons(): { notMoved: Reason[]; movedNotDeleted: Reason[] } {
    return { notMoved: byReason(this.unmoved), movedNotDeleted: byReason(this.undeleted) };
  }

  get faults(): number {
    return this.unmoved.size + this.undeleted.size;
  }

  get counts(): Counts {
    return {
      moved: this.moved.size,
      sentBefore: this.sentBefore,
      notMoved: this.unmoved.size,
      movedNotDeleted: this.undeleted.size,
      perhapsTwice: this.twice,
      cameLater: this.later.size,
    };
  }
}

interface Failed {
  letter: Letter;
  reason: string;
}

const byReason = (failed: ReadonlyMap<string, Failed>): Reason[] =>
  [...Map.groupBy(failed.values(), ({ reason }) => reason)]
    .map(([reason, some]) => ({
      reason,
      count: some.length,
      ids: some.slice(0, namedIds).map(({ letter }) => letter.id),
    }))
    .sort((a, b) => b.count - a.count);
