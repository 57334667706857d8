import { z } from "zod";

/** Key of the message check in `functions` of a system's output, and name of its component. */
export const messageCheckKey = "message-check";

/** Longest time that a message check waits, within the 15 minutes of a call. Seconds. */
const longestWait = 780;

/** Beyond the timeout of a worker that is busy with other messages. Seconds. */
const patience = 60;

/** How long a message check waits for a worker's function with this timeout. Seconds. */
export const messageCheckWaitSeconds = (functionTimeoutSeconds: number): number =>
  Math.min(functionTimeoutSeconds + patience, longestWait);

/** What the message check is asked: to send a test message through a worker's queue and see it received by a version. */
export const messageCheckRequestSchema = z.object({
  functionName: z.string(),
  /** The version that the alias must point to. */
  version: z.string(),
  mappingUuid: z.string(),
  queueUrl: z.url(),
  waitSeconds: z.int().min(1).max(longestWait),
  /** Whether the alias goes back to the last version that passed, if this one fails. */
  rollBack: z.boolean(),
});
export type MessageCheckRequest = z.output<typeof messageCheckRequestSchema>;

/** The answer, unless the check fails: then the call ends with an error. `paused`: the mapping is disabled, so nothing was
 *  sent. */
export const messageCheckAnswerSchema = z.object({ outcome: z.enum(["received", "paused"]) });
export type MessageCheckAnswer = z.output<typeof messageCheckAnswerSchema>;
