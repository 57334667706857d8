import type { Depth, Queue } from "../dlq/queues";
import type { Burst } from "./burst";
import { latencyOf, spreadOf, type Latency } from "./latency";
import type { RunLog } from "./run-log";
import { sendBurst, type Sent } from "./send-burst";
import { countOf, watch, type Watched } from "./watch";

export interface LoadTestParts {
  queue: Queue;
  deadLetterQueue: Queue;
  log: RunLog;
  perSecond: number | undefined;
  waitMs: number;
  signal: AbortSignal;
  progress: (line: string) => void;
  quietMs?: number;
}

export interface Reason {
  reason: string;
  count: number;
}

/** What was measured. What is not known is undefined. */
export interface LoadTestResult {
  run: string;
  sent: { count: number; notSent: number; reasons: Reason[]; seconds: number; perSecond: number };
  /** "queue counts": the logs say nothing of the run, so there is neither a latency nor a number of attempts. */
  measuredBy: "logs" | "queue counts";
  done: number | undefined;
  /** From the first message sent until none of the run was left. */
  drainedSeconds: number | undefined;
  latencySeconds: Latency | undefined;
  /** Over the message groups. */
  groups: { count: number; lowestP90: number; highestP90: number } | undefined;
  failedAttempts: number | undefined;
  reasons: Reason[];
  /** `seen`: those that were read in the dead-letter queue; `mayBeMore`: not all of it could be read. */
  deadLettered: { count: number; seen: number; mayBeMore: boolean };
  unfinished: number | undefined;
  /** In the queue, before and after. */
  before: Depth;
  after: Depth;
  end: Watched["end"];
  ok: boolean;
}

/** Sends a burst and measures what becomes of it. */
export async function runLoadTest(burst: Burst, parts: LoadTestParts): Promise<LoadTestResult> {
  const { queue, deadLetterQueue, log, signal, perSecond, progress } = parts;
  const before = await queue.depth();
  const sent = await sendBurst(queue, burst, { perSecond, signal, progress });
  progress(`${sent.numbers.size} of ${burst.messages.length} messages sent`);
  const watched = await watch(
    { run: burst.run, ...{ queue, deadLetterQueue, log, before }, sent: sent.numbers },
    parts,
  );
  return resultOf(burst, before, sent, watched);
}

function resultOf(burst: Burst, before: Depth, sent: Sent, watched: Watched): LoadTestResult {
  const { outcomes, dead, after, end } = watched;
  const count = sent.numbers.size;
  const hasLog = !outcomes.isSilent;
  const spread = spreadOf(outcomes, burst.groups);
  const unfinished = unfinishedOf(before, watched, hasLog);
  const notSent = [...sent.refused.values()].reduce((sum, one) => sum + one, 0);
  const deadLettered = new Set([...outcomes.lost, ...dead.numbers]).size;
  return {
    run: burst.run,
    sent: {
      ...{ count, notSent },
      reasons: reasonsOf(sent.refused),
      seconds: sent.seconds,
      perSecond: count / sent.seconds,
    },
    measuredBy: hasLog ? "logs" : "queue counts",
    done: hasLog ? outcomes.done.length : undefined,
    drainedSeconds: count === 0 ? undefined : drainedSecondsOf(before, watched, hasLog),
    latencySeconds: latencyOf(outcomes.latencies()),
    groups: spread && { count: burst.groups, ...spread },
    failedAttempts: hasLog ? outcomes.failedAttempts : undefined,
    reasons: reasonsOf(outcomes.reasons),
    deadLettered: { count: deadLettered, seen: dead.numbers.size, mayBeMore: dead.isPartial },
    ...{ unfinished, before, after, end },
    ok:
      count === burst.messages.length &&
      outcomes.failedAttempts + deadLettered === 0 &&
      unfinished === 0,
  };
}

/** Without lines in the logs, only a queue that was empty before tells. */
function unfinishedOf(
  before: Depth,
  { open, after }: Watched,
  hasLog: boolean,
): number | undefined {
  if (hasLog || open.length === 0) return open.length;
  return countOf(before) === 0 ? Math.min(open.length, countOf(after)) : undefined;
}

/** All times are those of AWS: this machine's clock may be wrong. */
function drainedSecondsOf(
  before: Depth,
  { outcomes, open, after, emptySince }: Watched,
  hasLog: boolean,
): number | undefined {
  if (hasLog && open.length === 0) return (outcomes.lastEndAt - outcomes.firstSentAt) / 1000;
  const emptyAt = emptySince ?? (open.length === 0 ? after.at : undefined);
  if (countOf(before) > 0 || emptyAt === undefined) return undefined;
  return Math.max(0, emptyAt.getTime() - before.at.getTime()) / 1000;
}

const reasonsOf = (counts: ReadonlyMap<string, number>): Reason[] =>
  [...counts].map(([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count);
