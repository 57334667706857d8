import type { Report } from "../report";
import { slackMessage } from "../slack-message";
import { attemptDefaults, failureOf, withAttempts, type Attempts, type Outcome } from "./attempts";
import type { Channel } from "./channel";
import { allowedUrl, type Secret } from "./secret";

/** The webhook's URL. The error must not contain the text: it is the secret. */
export function parseWebhook(text: string, cloudEndpoint: string | undefined): URL {
  const url = allowedUrl(text, cloudEndpoint);
  if (url !== undefined) return url;
  throw new Error(
    "The parameter for the Slack webhook does not contain an https URL. Store the webhook's URL there as a SecureString.",
  );
}

/** Slack through an incoming webhook. It does not say where a message is, so there are no threads. */
export function slackWebhook(
  webhook: Secret<URL>,
  options: Partial<Attempts> & Pick<Attempts, "wait">,
): Channel {
  const how = { ...attemptDefaults, ...options };
  const attempt = async (report: Report): Promise<Outcome<true>> => {
    // An unreadable or wrong parameter is not tried again within this call.
    const url = await webhook.value();
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8" },
        body: JSON.stringify(slackMessage(report)),
        redirect: "error",
        signal: AbortSignal.timeout(how.timeoutMs),
      });
      const answer = await response.text();
      if (response.ok) return { done: true };
      return {
        failure: `${response.status} ${answer.slice(0, 200)}`,
        ...pauseOf(response),
        refused: response.status < 500 && response.status !== 429,
      };
    } catch (error) {
      return failureOf(error);
    }
  };
  return {
    key: "slack",
    interest: { severities: ["warning", "critical"], withoutDirect: false },
    send: (report) =>
      withAttempts(
        "Slack did not accept the message",
        how,
        () => attempt(report),
        () => webhook.forget(),
      ),
  };
}

function pauseOf(response: Response): { pauseMs?: number } {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return response.status === 429 && seconds >= 0 ? { pauseMs: seconds * 1000 } : {};
}
