import { z } from "zod";
import { apiProbeSchema } from "./api-probe";

/** The calls of the back-pressure function: every minute by a schedule, at once by a worker whose API fails, and by the
 *  update that deletes a drained queue. */
export const backPressureCallSchema = z.union([
  z.object({ pause: z.string(), reason: z.string() }),
  z.object({ tick: z.literal(true) }),
  /** Before a producer sends to another queue: disables the mappings that must wait for other queues, and awaits it. */
  z.object({ settle: z.literal(true) }),
  /** Before queues are deleted: fails, with the counts, unless all of these are empty or gone. Names. */
  z.object({ mustBeEmpty: z.array(z.string()).min(1) }),
]);
export type BackPressureCall = z.output<typeof backPressureCallSchema>;

const mapping = z.object({
  uuid: z.string(),
  queueUrl: z.url(),
  /** Concurrency of normal operation; undefined if it is not limited. */
  maximumConcurrency: z.int().min(2).optional(),
  /** URLs of the queues that must stay empty for `drainedMinutes` before this mapping is enabled. */
  after: z.array(z.url()).default([]),
  /** Enabled only while its own queue has messages: what is left in it after a migration went back one stage. */
  standby: z.boolean().default(false),
});

/** The workers that back-pressure looks after, by key ("asr"). In the function's environment as JSON. */
export const backPressuredWorkersSchema = z.record(
  z.string(),
  z.object({
    mappings: z.array(mapping).min(1),
    /** A request to the API's work path that creates no work. A trial begins only after it was answered. */
    probe: apiProbeSchema.optional(),
  }),
);
export type BackPressuredWorkers = z.output<typeof backPressuredWorkersSchema>;

/** How long the queues of `after` must stay empty. */
export const drainedMinutes = 3;

/** The item `breaker#<worker>` of the state table. Missing: closed, no failures. */
export const breakerSchema = z.object({
  /** closed: normal operation. open: the mappings are disabled. half-open: enabled with the lowest concurrency. */
  state: z.enum(["closed", "open", "half-open"]).default("closed"),
  /** Consecutive failures of the API. Every worker adds to it, and a success sets it to 0. */
  failures: z.int().default(0),
  /** When the state was entered. */
  since: z.iso.datetime().optional(),
  /** Trials that failed since the breaker opened. Each doubles the wait until the next. */
  failedTrials: z.int().default(0),
  reason: z.string().optional(),
  /** When a call of the API last succeeded during a trial or ended a row of failures. The workers write it in the state
   *  half-open, so that the trial can end; a success in normal operation writes nothing. */
  succeededAt: z.iso.datetime().optional(),
});
export type Breaker = z.output<typeof breakerSchema>;

/** Consecutive failures of an API at which its worker asks for a pause. */
export const failuresUntilPause = 3;

/** Whether a call succeeded in the trial that is under way. The next tick ends it. */
export const hasTrialSucceeded = ({ state, since, succeededAt }: Breaker): boolean =>
  state === "half-open" && (succeededAt ?? "") > (since ?? "");

/** Consecutive failures at which a pause is asked for now. One is enough in a trial, until a call succeeded: an API that
 *  refuses a few of a hundred requests would otherwise fail every trial, and be paused nearly all the time. */
export const failureLimit = (breaker: Breaker): number =>
  breaker.state === "half-open" && !hasTrialSucceeded(breaker) ? 1 : failuresUntilPause;
