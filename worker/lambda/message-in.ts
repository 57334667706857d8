import type { z } from "zod";
import { jsonIn } from "../../contracts/json-in";
import { PermanentError } from "../job/errors";

/** The message that a body contains. A PermanentError says what the body is instead. */
export function messageIn<Message>(body: string, schema: z.ZodType<Message>): Message {
  const value = jsonIn(body);
  if (value === undefined) throw new PermanentError(`the body is not JSON: ${excerpt(body)}`);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .map(({ path, message }) => `${path.length === 0 ? "it" : path.join(".")}: ${message}`)
    .join("; ");
  throw new PermanentError(`the body is no message of this queue (${faults}): ${excerpt(body)}`);
}

const excerpt = (text: string): string => (text.length > 200 ? `${text.slice(0, 200)}…` : text);
