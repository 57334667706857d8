import { z } from "zod";

/** The event with which a deployment calls a new version before its alias points to it. The function answers without doing
 *  work, after its code was loaded and its environment checked. */
export const functionCheckSchema = z.object({ queuefleetCheck: z.object({ id: z.string() }) });

/** The event as JSON text. `id` says who asks. */
export const checkEvent = (id: string): string => JSON.stringify({ queuefleetCheck: { id } });

/** The function's answer. */
export const functionCheckAnswerSchema = z.object({ ok: z.literal(true), version: z.string() });

/** Message attribute of a test message; its value is the check's id. A worker that receives such a message does no work: a
 *  function writes the item `check#<id>` with its version to the state table. */
export const checkAttribute = "queuefleetCheck";

/** A handler that also answers the check event. `loaded`: what must succeed besides the loading of the code. */
export function checkable<Event, Result>(
  handler: (event: Event, context: LambdaContext) => Promise<Result>,
  loaded: () => Promise<void> = () => Promise.resolve(),
) {
  return async (
    event: Event,
    context: LambdaContext,
  ): Promise<Result | z.output<typeof functionCheckAnswerSchema>> => {
    if (!functionCheckSchema.safeParse(event).success) return handler(event, context);
    await loaded();
    return { ok: true, version: context.functionVersion };
  };
}

/** What we read of Lambda's context. */
export interface LambdaContext {
  functionName: string;
  functionVersion: string;
  getRemainingTimeInMillis(): number;
}
