import { acceptedStatus, workPath } from "../../contracts/api-probe";
import { describeError } from "../job/describe-error";
import { UnavailableError } from "../job/errors";

export interface ApiRequest {
  /** Of the API, without the path. */
  url: string;
  body: unknown;
  /** The same for the same work, so that the API recognises a request that it got before. */
  idempotencyKey: string;
  timeoutMs: number;
}

/** The API, or the proxy before it, did not take the work. The message is not known to be the cause. */
export class ApiUnavailableError extends UnavailableError {
  constructor(
    url: string,
    cause: unknown,
    /** Whether it did not answer within the time it was given. */
    readonly isSilence = false,
  ) {
    super(`the API at ${new URL(url).host}`, cause);
  }
}

/** The API read the request and refused it. */
export class ApiRefusedError extends Error {
  override readonly name = "ApiRefusedError";
}

/** Statuses with which an API refuses although the request is right: it waited too long for it, or has too many. */
const notTheRequest = [408, 429];

const longestExcerpt = 200;

/** Hands work to an API. Resolves if it accepted it, which only the one status says; docs/watchme.md has what every other
 *  answer means. It does not try again: the queue does. */
export async function postWork({
  url,
  body,
  idempotencyKey,
  timeoutMs,
}: ApiRequest): Promise<void> {
  const request = new Request(`${url.replace(/\/+$/, "")}${workPath}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "idempotency-key": idempotencyKey,
      // Lambda stops a function between its calls, and the API's end of an open connection may be gone when it goes on.
      connection: "close",
    },
    body: JSON.stringify(body),
    // An API has no reason to send its caller elsewhere. A proxy does it with a page for people.
    redirect: "error",
    signal: AbortSignal.timeout(Math.floor(timeoutMs)),
  });
  const response = await fetch(request).catch((error: unknown) => {
    const isSilence = error instanceof Error && error.name === "TimeoutError";
    const cause = isSilence
      ? new Error(`no answer within ${Math.floor(timeoutMs) / 1000} s`)
      : error;
    throw new ApiUnavailableError(url, cause, isSilence);
  });
  const { status } = response;
  const isHtml = response.headers.get("content-type")?.includes("html") ?? false;
  if (status === acceptedStatus && !isHtml) {
    await response.body?.cancel();
    return;
  }
  const answer = `it answered ${status}${isHtml ? " with HTML" : ""}, not ${acceptedStatus}: ${await excerpt(response)}`;
  const isRefused = status >= 400 && status < 500 && !notTheRequest.includes(status) && !isHtml;
  if (isRefused) throw new ApiRefusedError(`the request was refused: ${answer}`);
  throw new ApiUnavailableError(url, new Error(answer));
}

/** The beginning of an answer. The rest is not waited for. */
async function excerpt(response: Response): Promise<string> {
  const body = response.body as ReadableStream<Uint8Array> | null;
  const reader = body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (reader !== undefined && text.length < longestExcerpt) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
    await reader?.cancel();
  } catch (error) {
    text += ` (${describeError(error)})`;
  }
  return text === "" ? "nothing" : text.slice(0, longestExcerpt);
}
