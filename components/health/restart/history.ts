import { z } from "zod";

/** What happened with the restarts of an API. The item `restarts#<api>` of the state table has it as JSON. */
export const historySchema = z.object({
  tries: z
    .array(
      z.object({
        /** Reserved before the command was sent, so that two calls never send two. */
        at: z.iso.datetime(),
        commandId: z.string().optional(),
        /** Missing: the command has not ended, or nobody has looked yet. */
        outcome: z.object({ ok: z.boolean(), text: z.string() }).optional(),
      }),
    )
    .default([]),
  gaveUp: z
    .object({
      at: z.iso.datetime(),
      because: z.string(),
      /** When a call began to publish the message, and when it had. */
      claimedAt: z.iso.datetime().optional(),
      toldAt: z.iso.datetime().optional(),
    })
    .optional(),
});
export type History = z.output<typeof historySchema>;
export type Try = History["tries"][number];
export type Outcome = NonNullable<Try["outcome"]>;

export interface RestartLimits {
  /** Between two restarts: until the alarm can have ended after a restart that helped. Minutes. */
  cooldownMinutes: number;
  /** Restarts within the window, no matter how often the API recovered in between: one that recovers and fails again is not
   *  repaired by more of them. */
  tries: number;
  /** Hours. After giving up, nothing is restarted for so long. */
  windowHours: number;
}

export type Decision =
  { do: "restart" } | { do: "give up"; because: string } | { do: "wait"; because: string };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const ageMs = (at: string, now: Date): number => now.getTime() - new Date(at).getTime();

/** Without what is older than the window. */
export function withoutOld(history: History, now: Date, { windowHours }: RestartLimits): History {
  const isRecent = ({ at }: { at: string }) => ageMs(at, now) < windowHours * hourMs;
  const { gaveUp } = history;
  return {
    tries: history.tries.filter(isRecent),
    ...(gaveUp !== undefined && isRecent(gaveUp) && { gaveUp }),
  };
}

/** What to do while the work path of an API fails. `history` is without what is older than the window. */
export function decide(history: History, now: Date, limits: RestartLimits): Decision {
  const { tries, gaveUp } = history;
  if (gaveUp !== undefined) return { do: "wait", because: `gave up at ${gaveUp.at}` };
  const last = tries.at(-1);
  if (last?.outcome?.ok === false) return { do: "give up", because: last.outcome.text };
  if (last !== undefined && ageMs(last.at, now) < limits.cooldownMinutes * minuteMs)
    return { do: "wait", because: `restarted at ${last.at}` };
  if (last?.commandId !== undefined && last.outcome === undefined)
    return { do: "give up", because: "the restart command has not ended" };
  if (tries.length >= limits.tries) {
    const because = `${tries.length} restarts within ${limits.windowHours} hours did not help for long`;
    return { do: "give up", because };
  }
  return { do: "restart" };
}

/** A call that claimed the message and has not published it for so long has failed. */
const claimMs = 5 * minuteMs;

/** Whether the message that nobody restarts any more must be published. */
export const isUntold = ({ gaveUp }: History, now: Date): boolean =>
  gaveUp !== undefined &&
  gaveUp.toldAt === undefined &&
  (gaveUp.claimedAt === undefined || ageMs(gaveUp.claimedAt, now) >= claimMs);
