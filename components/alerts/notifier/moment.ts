import { z } from "zod";

/** A time of the notifier: by the clock, and by the calls of its schedule, which comes once a minute. */
export const momentSchema = z.object({
  /** Calls of the schedule so far. */
  minute: z.int(),
  /** Milliseconds since 1970. */
  at: z.number(),
});
export type Moment = z.output<typeof momentSchema>;

/** Minutes from one moment to another: by the schedule or by the clock, whichever is more. So waiting ends also if the
 *  schedule does not come, and a schedule that is faster than the clock, as in a rehearsal, shortens it. */
export const minutesSince = (then: Moment, now: Moment): number =>
  Math.max(now.minute - then.minute, (now.at - then.at) / 60_000);
