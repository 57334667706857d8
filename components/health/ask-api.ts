import type { ApiProbe } from "../../contracts/api-probe";

export interface Answer {
  /** Whether the API answered in time with a status that is expected. */
  ok: boolean;
  status?: number;
  /** Why there is no status. */
  error?: string;
  /** Until the status came, or until it was clear that none comes. */
  milliseconds: number;
}

/** Asks an API. Never rejects. The body of the answer is not read: it may be anything, and nobody needs it. */
export async function askApi({
  url,
  method,
  body,
  expected,
  timeoutSeconds,
}: ApiProbe): Promise<Answer> {
  const began = performance.now();
  const answer = (outcome: Omit<Answer, "milliseconds">): Answer => ({
    ...outcome,
    milliseconds: Math.round(performance.now() - began),
  });
  try {
    const response = await fetch(url, {
      method,
      // Like a new client: a connection that Lambda kept while it slept may be dead.
      headers: { connection: "close", ...(body && { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body }),
      // A page for logging in is no answer of the API.
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    const { status } = response;
    const outcome = answer({ ok: expected.includes(status), status });
    // The server may never end the body.
    void response.body?.cancel().catch(() => undefined);
    return outcome;
  } catch (error) {
    return answer({ ok: false, error: reasonOf(error, timeoutSeconds) });
  }
}

/** "fetch failed" says nothing; its cause does. */
function reasonOf(error: unknown, timeoutSeconds: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${timeoutSeconds} s`;
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}
