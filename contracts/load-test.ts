import { z } from "zod";

/** Message attribute of the messages of a load test. Its value is the message's mark. */
export const loadTestAttribute = "queuefleetLoadTest";

/** Which run of a load test sent a message, and its number in the run. A copy of the message has the same mark. */
export interface LoadTestMark {
  /** Letters, digits and "-". */
  run: string;
  number: number;
}

/** The mark as text. */
export const markText = ({ run, number }: LoadTestMark): string => `${run}/${number}`;

/** Undefined if the text is no mark. */
export function markIn(text: string | undefined): LoadTestMark | undefined {
  const [, run, number] = /^([\w-]+)\/(\d+)$/.exec(text ?? "") ?? [];
  return run === undefined ? undefined : { run, number: Number(number) };
}

/** What the log lines about a marked message have besides. A filter of CloudWatch Logs finds them: `loadTestFilter`. */
export const loadTestFields = ({ run, number }: LoadTestMark, sentAt: Date | undefined) => ({
  loadTest: run,
  loadTestMessage: number,
  sentAt: sentAt?.toISOString(),
});

/** Filter pattern of the log lines of a run. */
export const loadTestFilter = (run: string): string => `{ $.loadTest = "${run}" }`;

/** A log line about a marked message. `msg` is one of `attemptLogMessages` if it says how an attempt ended. */
export const loadTestLineSchema = z.object({
  loadTest: z.string(),
  loadTestMessage: z.number(),
  sentAt: z.iso.datetime(),
  time: z.iso.datetime(),
  msg: z.string(),
  reason: z.string().optional(),
});
export type LoadTestLine = z.output<typeof loadTestLineSchema>;
