import type { SlackMessage } from "./slack-message";
import type { Webhook } from "./webhook";

export interface PostOptions {
  attempts: number;
  timeoutMs: number;
  /** Pause before the second attempt. It doubles with each attempt. Slack's Retry-After has priority. */
  pauseMs: number;
  wait(ms: number): Promise<void>;
}

const defaults = { attempts: 4, timeoutMs: 5000, pauseMs: 500 };

/** Longest Retry-After that is waited for. Lambda retries later in any case. */
const longestPauseMs = 10_000;

/** Posts a message, and tries again where that can help. Rejects when Slack did not accept it. The message is
 *  not lost then: Lambda retries, and at last sends it to the function's dead-letter queue. */
export async function post(
  webhook: Webhook,
  message: SlackMessage,
  options: Partial<PostOptions> & Pick<PostOptions, "wait">,
): Promise<void> {
  const { attempts, timeoutMs, pauseMs, wait } = { ...defaults, ...options };
  let failure = "";
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const url = await webhook.url();
    let pause = pauseMs * 2 ** (attempt - 1);
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify(message),
        redirect: "error",
        signal: AbortSignal.timeout(timeoutMs),
      });
      const answer = await response.text();
      if (response.ok) return;
      failure = `${response.status} ${answer.slice(0, 200)}`;
      const retryAfter = Number(response.headers.get("retry-after") ?? Number.NaN);
      if (response.status === 429 && retryAfter >= 0) {
        pause = Math.min(retryAfter * 1000, longestPauseMs);
      } else if (response.status < 500 && response.status !== 429) {
        // Refused: the webhook may have been replaced since its URL was read.
        webhook.forget();
        if (attempt > 1) break;
      }
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    if (attempt < attempts) await wait(pause);
  }
  throw new Error(`Slack did not accept the notice: ${failure}`);
}
