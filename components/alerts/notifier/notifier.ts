import type { Language } from "../../alarms/alarm-spec";
import type { LogEntry } from "../../function/handler-parts";
import type { SnsEvent } from "../../function/sns-event";
import { decide, type AlarmReader, type Decision } from "./incident";
import { readNotice } from "./notice";
import { post, type PostOptions } from "./post";
import { slackMessage } from "./slack-message";
import type { Webhook } from "./webhook";

export interface NotifierParts {
  webhook: Webhook;
  readAlarm: AlarmReader["read"];
  language: Language;
  log: (entry: LogEntry) => void;
  wait: (ms: number) => Promise<void>;
  post?: Partial<Omit<PostOptions, "wait">>;
}

/** Sends the messages of a topic to Slack. Rejects when Slack did not accept one of them. */
export function createNotifier(parts: NotifierParts) {
  const { log, webhook } = parts;

  const alarms: AlarmReader = {
    /** If the other alarm cannot be read, the notice is sent. */
    read: async (name) => {
      try {
        return await parts.readAlarm(name);
      } catch (error) {
        log({ level: "warn", msg: "cannot read the other alarm", name, error: String(error) });
        return undefined;
      }
    },
    wait: parts.wait,
  };

  return async ({ Records }: SnsEvent): Promise<void> => {
    for (const { Sns } of Records) {
      const notice = readNotice(Sns.Subject ?? undefined, Sns.Message);
      const decision: Decision =
        notice.kind === "alarm"
          ? await decide(notice, alarms)
          : { send: true, warningStays: false };
      const about = {
        messageId: Sns.MessageId,
        ...(notice.kind === "alarm" && { alarm: notice.name }),
      };
      if (!decision.send) {
        log({ level: "info", msg: "not sent", because: decision.because, ...about });
        continue;
      }
      await post(webhook, slackMessage(notice, parts.language, decision), {
        ...parts.post,
        wait: parts.wait,
      });
      log({ level: "info", msg: "sent", ...about });
    }
  };
}
