import { faultOfCall, type Fault } from "../fault";
import { Leases } from "../leases";
import type { Letter } from "../letter";
import { mostEntries, type Queue } from "../queues";
import { Mover } from "./mover";
import { Pace } from "./pace";
import type { SentRecord } from "./sent-record";
import { Tally, type Counts, type Reason } from "./tally";

/** Batches under way at once. */
const mostLanes = 8;

/** So many faults are no accident: the run stops, and does not go through the whole queue. */
const mostFaults = 100;

/** Letters that came later are held until the end, so that they are not received again and again. */
const mostLater = 10_000;

const progressMs = 5000;

export interface RedriveParts {
  from: Queue;
  to: Queue;
  record: SentRecord;
  /** One line for the person who waits. */
  progress: (line: string) => void;
  /** Aborted: what is in hand is finished, and the rest is left. */
  signal: AbortSignal;
  /** Messages to move at most. */
  limit?: number;
  perSecond?: number;
  /** How long the letters in hand stay hidden after a kill. */
  visibilityTimeoutSeconds?: number;
}

export interface RedriveResult extends Counts {
  reasons: { notMoved: Reason[]; movedNotDeleted: Reason[] };
  /** Somebody else received them, or a run that was killed, and they did not come back. Approximately. */
  heldElsewhere: number;
  /** In the dead-letter queue at the end. Approximately. */
  left: number;
  /** Why it ended before the queue was empty. */
  stopped?: string;
  wasToldToStop: boolean;
}

/** Moves the letters of a dead-letter queue to another queue. May be killed at any moment, and run again. */
export const redrive = (parts: RedriveParts): Promise<RedriveResult> => new Redrive(parts).run();

class Redrive {
  private readonly tally = new Tally();
  private readonly visibilityTimeoutSeconds: number;
  private readonly leases: Leases;
  private readonly mover: Mover;
  /** Groups of a FIFO queue whose next letter was not moved: the later ones must wait for it. */
  private readonly blocked = new Set<string>();
  private budget: number;
  private stopped: string | undefined;
  /** Letters sent later are not moved: otherwise a worker that still fails would keep this run going for ever. */
  private latest = new Date(0);
  /** Until then letters may come back that somebody else holds. Milliseconds. */
  private waitUntil = 0;

  constructor(private readonly parts: RedriveParts) {
    this.visibilityTimeoutSeconds = parts.visibilityTimeoutSeconds ?? 60;
    this.leases = new Leases(parts.from, this.visibilityTimeoutSeconds);
    this.budget = parts.limit ?? Infinity;
    this.mover = new Mover({
      ...parts,
      leases: this.leases,
      tally: this.tally,
      pace: new Pace(parts.perSecond),
      stop: (reason) => (this.stopped ??= reason),
    });
  }

  async run(): Promise<RedriveResult> {
    const shown = setInterval(() => this.parts.progress(this.line()), progressMs);
    try {
      await this.begin();
      // The first one alone: if it cannot be sent or deleted, it is only one.
      await this.lane({ once: true });
      do {
        await Promise.all(Array.from({ length: this.lanes }, () => this.lane()));
      } while (await this.mayComeBack());
    } catch (error) {
      this.stopped ??= faultOfCall(error).reason;
    } finally {
      clearInterval(shown);
    }
    return this.end();
  }

  private async begin(): Promise<void> {
    const { at, inFlight } = await this.parts.from.depth();
    this.latest = at;
    if (inFlight > 0 || this.parts.record.hasUnfinished()) this.expectBack();
  }

  private expectBack(): void {
    this.waitUntil = Date.now() + this.visibilityTimeoutSeconds * 1000 + 1000;
  }

  /** A slow run needs no more letters in hand than it moves in a second. */
  private get lanes(): number {
    const { perSecond = Infinity } = this.parts;
    return Math.min(mostLanes, Math.ceil(perSecond / mostEntries));
  }

  private get goesOn(): boolean {
    if (this.parts.signal.aborted) this.stopped ??= "it was told to stop";
    const { cameLater } = this.tally.counts;
    if (this.tally.faults >= mostFaults) {
      this.stopped ??= `${mostFaults} messages could not be moved or deleted`;
    }
    if (cameLater >= mostLater) {
      this.stopped ??= `${mostLater} messages came meanwhile: what makes them fail is not repaired`;
    }
    return this.stopped === undefined && this.budget > 0;
  }

  private async lane({ once = false } = {}): Promise<void> {
    const { perSecond = Infinity } = this.parts;
    while (this.goesOn) {
      const wanted = once ? 1 : Math.min(mostEntries, this.budget, Math.ceil(perSecond));
      this.budget -= wanted;
      try {
        const letters = await this.leases.receive(wanted, (fault) => this.mayBeHidden(fault));
        this.budget += wanted - (await this.move(letters));
        if (once || letters.length === 0) return;
      } catch (error) {
        // The other lanes finish what they have in hand.
        this.stopped ??= faultOfCall(error).reason;
      }
    }
  }

  /** A receive without an answer may have hidden letters. */
  private mayBeHidden({ isUncertain }: Fault): void {
    if (isUncertain) this.expectBack();
  }

  /** Resolves to how many it has tried to move. */
  private async move(letters: readonly Letter[]): Promise<number> {
    return this.parts.from.isFifo ? this.moveInOrder(letters) : this.moveAll(letters);
  }

  private async moveAll(letters: readonly Letter[]): Promise<number> {
    const due = letters.filter((letter) => this.isDue(letter));
    await this.mover.move(due);
    return due.length;
  }

  /** One of each group at a time: the next is sent when the one before it is sent and deleted. So not even a second copy
   *  that a kill causes is out of order. */
  private async moveInOrder(letters: readonly Letter[]): Promise<number> {
    const groups = Map.groupBy(letters, ({ groupId = "" }) => groupId);
    let tried = 0;
    while (groups.size > 0 && (tried === 0 || this.goesOnInHand)) {
      const next: Letter[] = [];
      for (const [group, waiting] of groups) {
        const letter = this.blocked.has(group) ? undefined : waiting.shift();
        if (letter !== undefined && this.isDue(letter)) {
          next.push(letter);
          continue;
        }
        // What is behind it stays where it is, too.
        if (letter !== undefined) this.blocked.add(group);
        groups.delete(group);
      }
      const done = await this.mover.move(next);
      tried += next.length;
      for (const letter of next) {
        if (!done.has(letter)) this.blocked.add(letter.groupId ?? "");
      }
    }
    return tried;
  }

  private get goesOnInHand(): boolean {
    return this.stopped === undefined && !this.parts.signal.aborted;
  }

  private isDue(letter: Letter): boolean {
    if (letter.sentAt <= this.latest) return true;
    this.tally.hasComeLater(letter);
    return false;
  }

  /** Whether letters that somebody else holds may still come back. */
  private async mayComeBack(): Promise<boolean> {
    if (!this.goesOn || Date.now() > this.waitUntil) return false;
    const { inFlight, waiting } = await this.parts.from.depth();
    return waiting > 0 || inFlight > this.leases.count;
  }

  private line(): string {
    const { moved, notMoved, movedNotDeleted } = this.tally.counts;
    const faults = notMoved + movedNotDeleted;
    return `${moved} moved${faults === 0 ? "" : `, ${faults} failed`}`;
  }

  private async end(): Promise<RedriveResult> {
    const isWhole = this.stopped === undefined && this.budget > 0;
    // Once more: without the record, the next run would send these again.
    await this.mover.delete(this.tally.lettersNotDeleted);
    const held = this.leases.count;
    await this.leases.releaseAll();
    const depth = await this.parts.from.depth().catch(() => undefined);
    const { waiting = held, inFlight = 0, delayed = 0 } = depth ?? {};
    return {
      ...this.tally.counts,
      reasons: this.tally.reasons,
      heldElsewhere: isWhole && this.waitUntil > 0 ? inFlight : 0,
      left: waiting + inFlight + delayed,
      ...(this.stopped !== undefined && { stopped: this.stopped }),
      wasToldToStop: this.parts.signal.aborted,
    };
  }
}
