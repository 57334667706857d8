import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebClient,
  type ChatPostMessageArguments,
  type Logger,
} from "@slack/web-api";
import { z } from "zod";
import type { LogEntry } from "../../../function/handler-parts";
import type { Thread } from "../board";
import type { Report } from "../report";
import { slackMessage } from "../slack-message";
import {
  attemptDefaults,
  failureOf,
  NotSent,
  withAttempts,
  type Attempts,
  type Outcome,
} from "./attempts";
import type { Channel } from "./channel";
import { allowedUrl, type Secret } from "./secret";

/** What the parameter of the bot token contains. */
export interface BotToken {
  token: string;
  apiUrl: string;
}

const slackApi = "https://slack.com/api/";

const withApiUrl = z.object({ token: z.string(), apiUrl: z.string() });

/** Reads `xoxb-…`, or `{"token": "xoxb-…", "apiUrl": "https://slack-gov.com/api/"}` where Slack has another address. The errors
 *  must not contain the text: it is the secret. */
export function parseBotToken(text: string, cloudEndpoint: string | undefined): BotToken {
  const { token, apiUrl } = text.trimStart().startsWith("{")
    ? withApiUrl.catch({ token: "", apiUrl: slackApi }).parse(parseJson(text))
    : { token: text.trim(), apiUrl: slackApi };
  if (!/^xox[\w.-]+$/.test(token)) {
    throw new Error(
      "The parameter for Slack's bot token does not contain one. Store the token, which begins with xoxb-, there as a SecureString.",
    );
  }
  if (allowedUrl(apiUrl, cloudEndpoint) === undefined) {
    throw new Error("The apiUrl in the parameter for Slack's bot token is not an https URL.");
  }
  return { token, apiUrl };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Errors of Slack that another attempt can cure. Source: chat.postMessage, "Errors". */
const passing = new Set([
  "fatal_error",
  "internal_error",
  "ratelimited",
  "request_timeout",
  "service_unavailable",
]);

export type SlackBotOptions = Partial<Attempts> &
  Pick<Attempts, "wait"> & {
    /** "C0123456789" or "#alerts" */
    channel: string;
    log: (entry: LogEntry) => void;
  };

/** Slack through the Web API: one thread for each incident. */
export function slackBot(secret: Secret<BotToken>, options: SlackBotOptions): Channel {
  const { channel, log } = options;
  const how = { ...attemptDefaults, ...options };
  let known: { its: BotToken; client: WebClient } | undefined;

  async function client(): Promise<WebClient> {
    const its = await secret.value();
    if (known?.its !== its) {
      const settings = {
        slackApiUrl: its.apiUrl,
        timeout: how.timeoutMs,
        // Its own attempts take up to 30 minutes, and a pause that Slack asks for has no limit: longer than a function runs.
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        allowAbsoluteUrls: false,
        logger: loggerOf(log),
      };
      known = { its, client: new WebClient(its.token, settings) };
    }
    return known.client;
  }

  const call = <T>(use: (slack: WebClient) => Promise<T>): Promise<T> =>
    withAttempts(
      "Slack did not accept the message",
      how,
      async (): Promise<Outcome<T>> => {
        const slack = await client();
        try {
          return { done: await use(slack) };
        } catch (error) {
          return outcomeOf(error);
        }
      },
      () => secret.forget(),
    );

  const post = async (report: Report, place: { thread?: Thread; everybody?: boolean } = {}) => {
    const { thread, everybody } = place;
    const message = {
      channel: thread?.channel ?? channel,
      ...slackMessage(report),
      unfurl_links: false,
      ...(thread === undefined ? {} : { thread_ts: thread.ts, reply_broadcast: everybody }),
    } as ChatPostMessageArguments;
    const answer = await call((slack) => slack.chat.postMessage(message));
    return { channel: answer.channel ?? channel, ts: answer.ts ?? "" };
  };

  return {
    key: "slack",
    interest: { severities: ["warning", "critical"], withoutDirect: false },
    send: (report) => post(report),
    threads: {
      open: (report) => post(report),
      answer: async (thread, report, everybody) => {
        try {
          await post(report, { thread, everybody });
          return thread;
        } catch (error) {
          if (!(error instanceof NotSent && error.refused)) throw error;
          // The message must be seen, also if somebody deleted the thread or archived its channel.
          log({
            level: "warn",
            msg: "no answer in the thread, so a new one",
            error: String(error),
          });
          return post(report);
        }
      },
      change: async ({ channel: id, ts }, report) => {
        try {
          await call((slack) => slack.chat.update({ channel: id, ts, ...slackMessage(report) }));
        } catch (error) {
          // Somebody deleted the message, or Slack does not allow changes of old ones. The thread has it all.
          if (!(error instanceof NotSent && error.refused)) throw error;
          log({ level: "warn", msg: "a message could not be changed", error: String(error) });
        }
      },
    },
  };
}

function outcomeOf(error: unknown) {
  if (error instanceof WebAPIRateLimitedError) {
    return { failure: "429 rate limited", pauseMs: error.retryAfter * 1000 };
  }
  if (error instanceof WebAPIHTTPError) {
    return { failure: `${error.statusCode} ${String(error.body).slice(0, 200)}` };
  }
  if (error instanceof WebAPIPlatformError) {
    const { error: reason } = error.data;
    // Anything but a code is not Slack's answer, but that of something between.
    const refused = /^[a-z_]+$/.test(reason) && !passing.has(reason);
    return { failure: reason.slice(0, 200), refused };
  }
  return failureOf(error);
}

/** Warnings and errors of the library as lines of our log. Its debug lines contain whole messages. */
function loggerOf(log: SlackBotOptions["log"]): Logger {
  const line =
    (level: "warn" | "error") =>
    (...text: unknown[]) =>
      log({ level, msg: "Slack's library", text: text.map(String).join(" ") });
  const nothing = () => undefined;
  return {
    debug: nothing,
    info: nothing,
    warn: line("warn"),
    error: line("error"),
    setLevel: nothing,
    getLevel: () => "warn" as ReturnType<Logger["getLevel"]>,
    setName: nothing,
  };
}
