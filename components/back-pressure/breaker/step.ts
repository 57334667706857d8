import { z } from "zod";
import {
  breakerSchema,
  drainedMinutes,
  failureLimit,
  failuresUntilPause,
  hasTrialSucceeded,
} from "../../../contracts/back-pressure";

/** The breaker with what only the back-pressure function reads and writes.
 *
 *  Time is counted in ticks, which come every minute: so it runs as fast as the schedule does, and a minute in which no tick
 *  came is not counted. Scheduler delivers a tick at least once, so a count of n + 1 ticks is a time of about n minutes. */
export const guardedBreakerSchema = breakerSchema.extend({
  /** open: ticks at which nothing was delivered any more. half-open: ticks since the trial began. */
  ticks: z.int().default(0),
  /** What this function did to a mapping. A mapping that is not here is as others left it. */
  mappings: z.record(z.string(), z.enum(["disabled", "limited"])).default({}),
  /** For mappings with `after`: at how many ticks in a row those queues were empty. */
  drains: z.record(z.string(), z.int()).default({}),
  /** The call that updates the mappings. Others leave them to it; it looks at the breaker again before it ends. Without it a
   *  late update of one call could undo a newer one, and would look like the work of a person. */
  lease: z.object({ holder: z.string(), until: z.iso.datetime() }).optional(),
  /** Counts the writes of this function. A write says which revision it read, so two calls cannot undo each other. */
  revision: z.int().default(0),
});
export type GuardedBreaker = z.output<typeof guardedBreakerSchema>;

export type QueueKind = "standard" | "fifo";

/** What was seen at a tick. */
export interface Observation {
  /** "fifo" if one of the worker's queues is. */
  kind: QueueKind;
  /** Whether all mappings are disabled. */
  stopped: boolean;
  /** Whether the work path answered. Undefined: it was not asked, or there is no way to ask. */
  answered?: boolean;
  /** Whether there is no message to try. */
  idle: boolean;
}

export type Event = { pause: string } | { tick: Observation };

/** The longest wait between two trials. Minutes. */
export const longestWaitMinutes = {
  /** The interval of health probes: so work resumes within one interval after the API is back, also if only real work shows
   *  that it is. A trial costs nothing: a message that has used up its attempts is sent again. */
  standard: 5,
  /** A trial uses up an attempt of the first message of each group that it meets, and no copy can replace that one. */
  fifo: 30,
};

export const waitMinutes = (failedTrials: number, kind: QueueKind): number =>
  Math.min(2 ** failedTrials, longestWaitMinutes[kind]);

/** After so many ticks a trial without any message ends: there is nothing to try, and one failure should not open the
 *  breaker again. */
export const idleTrialTicks = 10;

/** Whether the work path must be asked at this tick. In normal operation only after a failure of a worker: a failing probe
 *  alone never pauses work that succeeds. */
export const asksForProbe = (
  breaker: GuardedBreaker,
  seen: Pick<Observation, "kind" | "stopped">,
): boolean => (breaker.state === "open" ? isTrialDue(breaker, seen) : isDoubtful(breaker));

const isDoubtful = ({ state, failures }: GuardedBreaker): boolean =>
  state === "closed" && failures > 0 && failures < failuresUntilPause;

/** Whether the number of messages is needed at this tick. */
export const asksForLevels = ({ state, ticks }: GuardedBreaker): boolean =>
  state === "half-open" && ticks >= idleTrialTicks;

const ticksWhenStopped = ({ ticks }: GuardedBreaker, stopped: boolean): number =>
  stopped ? ticks + 1 : ticks;

const isTrialDue = (
  breaker: GuardedBreaker,
  { kind, stopped }: Pick<Observation, "kind" | "stopped">,
): boolean => ticksWhenStopped(breaker, stopped) > waitMinutes(breaker.failedTrials, kind);

/** The breaker after an event. Returns the same object if nothing changes. */
export function step(breaker: GuardedBreaker, event: Event, now: Date): GuardedBreaker {
  if ("pause" in event) {
    return breaker.state === "open" ? breaker : opened(breaker, event.pause, now);
  }
  switch (breaker.state) {
    case "closed":
      return stepClosed(breaker, event.tick, now);
    case "open":
      return stepOpen(breaker, event.tick, now);
    case "half-open":
      return stepHalfOpen(breaker, event.tick, now);
  }
}

function stepClosed(breaker: GuardedBreaker, { answered }: Observation, now: Date): GuardedBreaker {
  // The worker's own call may have been lost.
  if (breaker.failures >= failuresUntilPause)
    return opened(breaker, `${breaker.failures} calls of the API failed in a row`, now);
  // With two calls at a time of a minute each, a third failure takes two minutes.
  if (breaker.failures > 0 && answered === false)
    return opened(breaker, "a call of the API failed, and its work path does not answer", now);
  return breaker;
}

function stepOpen(breaker: GuardedBreaker, seen: Observation, now: Date): GuardedBreaker {
  if (isTrialDue(breaker, seen) && seen.answered !== false)
    return entered(breaker, "half-open", now, { failures: 0 });
  const ticks = ticksWhenStopped(breaker, seen.stopped);
  return ticks === breaker.ticks ? breaker : { ...breaker, ticks };
}

function stepHalfOpen(breaker: GuardedBreaker, { idle }: Observation, now: Date): GuardedBreaker {
  // The worker's own call may have been lost.
  if (breaker.failures >= failureLimit(breaker))
    return opened(breaker, "calls of the API failed in the trial", now);
  if (hasTrialSucceeded(breaker) || (idle && breaker.ticks >= idleTrialTicks))
    return entered(breaker, "closed", now, { failedTrials: 0, reason: undefined });
  return { ...breaker, ticks: breaker.ticks + 1 };
}

const opened = (breaker: GuardedBreaker, reason: string, now: Date): GuardedBreaker =>
  entered(breaker, "open", now, {
    reason,
    failedTrials:
      breaker.state === "half-open" && !hasTrialSucceeded(breaker) ? breaker.failedTrials + 1 : 0,
  });

const entered = (
  breaker: GuardedBreaker,
  state: GuardedBreaker["state"],
  now: Date,
  change: Partial<GuardedBreaker>,
): GuardedBreaker => ({ ...breaker, state, since: now.toISOString(), ticks: 0, ...change });

/** Whether the metric says that the worker is paused: also in a trial that follows a failed one, so that a pause with a
 *  trial every few minutes counts as one long pause. */
export const isPaused = ({ state, failedTrials }: GuardedBreaker): boolean =>
  state === "open" || failedTrials > 0;

/** Key in `drains` of a mapping that stands by: 1 if its own queue was empty at the last tick, else 0. */
export const ownQueue = (uuid: string): string => `${uuid}/own`;
const isOwnQueue = (key: string): boolean => key.endsWith("/own");

/** Whether the queues of `after` were empty for long enough. */
export const isDrained = (breaker: GuardedBreaker, uuid: string): boolean =>
  (breaker.drains[uuid] ?? 0) > drainedMinutes;

/** Counts a tick for the mappings that wait. `empty`: whether the queues before each are empty; a mapping that does not wait
 *  is not in it and is forgotten, so that it would wait again later. Returns the same object if nothing changes.
 *
 *  A mapping that was enabled stays enabled, also if the queue before it gets another message: that comes from a producer
 *  that was not switched, and no order is promised to it. Pausing the new queue for it would stop everybody else. */
export function countDrains(
  breaker: GuardedBreaker,
  empty: Record<string, boolean>,
): GuardedBreaker {
  const drains = Object.fromEntries(
    Object.entries(empty).map(([uuid, isEmpty]) => {
      if (isOwnQueue(uuid)) return [uuid, Number(isEmpty)];
      const count = breaker.drains[uuid] ?? 0;
      return [uuid, isDrained(breaker, uuid) ? count : isEmpty ? count + 1 : 0];
    }),
  );
  if (sameRecord(drains, breaker.drains)) return breaker;
  const next = { ...breaker, drains };
  const released = Object.keys(empty).filter(
    (uuid) => !isOwnQueue(uuid) && isDrained(next, uuid) && !isDrained(breaker, uuid),
  );
  // From now on it is one of the mappings that this function has disabled, and is enabled as the breaker allows.
  const mappings = {
    ...breaker.mappings,
    ...Object.fromEntries(released.map((uuid) => [uuid, "disabled" as const])),
  };
  return { ...next, mappings };
}

/** Without the counts of mappings that do not wait; those of `stopped` begin at 0, unless they have waited already. */
export function beginDrains(
  breaker: GuardedBreaker,
  { waiting, stopped }: { waiting: readonly string[]; stopped: readonly string[] },
): GuardedBreaker {
  const kept = waiting.flatMap((uuid) => {
    const count = breaker.drains[uuid];
    if (stopped.includes(uuid) && !isDrained(breaker, uuid)) return [[uuid, 0] as const];
    return count === undefined ? [] : [[uuid, count] as const];
  });
  const drains = Object.fromEntries(kept);
  return sameRecord(drains, breaker.drains) ? breaker : { ...breaker, drains };
}

export const sameRecord = (one: Record<string, unknown>, other: Record<string, unknown>): boolean =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([key, value]) => other[key] === value);
