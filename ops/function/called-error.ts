import { z } from "zod";
import { jsonIn } from "../../contracts/json-in";

const errorSchema = z.object({ errorType: z.string().optional(), errorMessage: z.string() });

/** What a call of a function that ended with an error says of it. */
export function errorIn(payload: string): string {
  const error = errorSchema.safeParse(jsonIn(payload));
  if (!error.success) return payload.slice(0, 500);
  const { errorType = "Error", errorMessage } = error.data;
  return `${errorType}: ${errorMessage.slice(0, 500)}`;
}
