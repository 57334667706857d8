import { setTimeout as delay } from "node:timers/promises";
import type { Depth, Queue } from "../dlq/queues";
import { deadLettersOf, type DeadLetters } from "./dead-letters";
import { Outcomes } from "./outcomes";
import type { RunLog } from "./run-log";

const pollMs = 1000;

/** The counts of SQS may be a minute old, and so may the newest lines of a log. */
const defaultQuietMs = 60_000;

/** For how long counts that are old are waited for, when the log says that every message has ended. */
const settleMs = 15_000;

/** Milliseconds between lines that say how far it is. */
const progressMs = 5000;

/** What is watched: a run and its queues. */
export interface Subject {
  run: string;
  queue: Queue;
  deadLetterQueue: Queue;
  log: RunLog;
  /** Of the queue, before the run. */
  before: Depth;
  /** Numbers of the messages that were sent. */
  sent: ReadonlySet<number>;
}

export interface Watch {
  waitMs: number;
  signal: AbortSignal;
  progress: (line: string) => void;
  /** An empty queue and a silent log for so long: nothing more will come. */
  quietMs?: number;
}

export interface Watched {
  outcomes: Outcomes;
  dead: DeadLetters;
  /** Numbers of sent messages of which it is not known that they ended. */
  open: number[];
  after: Depth;
  /** Since when the queue has been empty, by SQS's clock. Undefined if it is not. */
  emptySince: Date | undefined;
  end: "all ended" | "nothing more to see" | "time" | "stopped";
}

export const countOf = ({ waiting, inFlight, delayed }: Depth): number =>
  waiting + inFlight + delayed;

/** Waits until every message of the run has ended, as the logs and the dead-letter queue say. */
export async function watch(subject: Subject, how: Watch): Promise<Watched> {
  const { run, queue, deadLetterQueue, log, before, sent } = subject;
  const { signal, progress, quietMs = defaultQuietMs } = how;
  const began = performance.now();
  const outcomes = new Outcomes();
  const wasEmpty = countOf(before) === 0;
  let dead: DeadLetters = { numbers: new Set(), isPartial: false };
  let deadCount = countOf(await deadLetterQueue.depth());
  const isOpen = () => {
    const ended = new Set([...outcomes.done, ...outcomes.lost, ...dead.numbers]);
    return [...sent].filter((number) => !ended.has(number));
  };
  let emptySince: Date | undefined;
  let changedAt = began;
  let endedAt: number | undefined;
  let toldAt = began;
  for (;;) {
    const lines = await log.read({ isWhole: emptySince !== undefined }).catch((error: Error) => {
      progress(error.message);
      return [];
    });
    outcomes.add(lines);
    const after = await queue.depth();
    const isEmpty = countOf(after) === 0;
    emptySince = isEmpty ? (emptySince ?? after.at) : undefined;
    const now = performance.now();
    if (!isEmpty || lines.length > 0) changedAt = now;

    let open = isOpen();
    const inDeadLetters = countOf(await deadLetterQueue.depth());
    // A function that cannot start writes nothing about its messages.
    if (open.length > 0 && inDeadLetters > 0 && inDeadLetters !== deadCount) {
      dead = await deadLettersOf(deadLetterQueue, run);
      open = isOpen();
    }
    deadCount = inDeadLetters;
    endedAt = open.length === 0 ? (endedAt ?? now) : undefined;

    const end =
      endedAt !== undefined && (!wasEmpty || isEmpty || now - endedAt > settleMs)
        ? "all ended"
        : signal.aborted
          ? "stopped"
          : wasEmpty && isEmpty && now - changedAt > quietMs
            ? "nothing more to see"
            : now - began > how.waitMs
              ? "time"
              : undefined;
    if (end !== undefined) {
      if (deadCount > 0) dead = await deadLettersOf(deadLetterQueue, run);
      return { outcomes, dead, open: isOpen(), after, emptySince, end };
    }
    if (now - toldAt > progressMs) {
      toldAt = now;
      progress(
        `${sent.size - open.length} of ${sent.size} ended, ${outcomes.failedAttempts} failed attempts; in the queue ${after.waiting} wait, ${after.inFlight} are in flight`,
      );
    }
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
