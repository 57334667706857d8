import type { Language } from "../../alarms/alarm-spec";
import type { LogEntry } from "../../function/handler-parts";
import type { SnsEvent } from "../../function/sns-event";
import { judge, type Lookout } from "./incident";
import { readNotice } from "./notice";
import { post, type PostOptions } from "./post";
import { slackMessage } from "./slack-message";
import type { Webhook } from "./webhook";

export interface NotifierParts {
  webhook: Webhook;
  lookAt: Lookout["alarm"];
  language: Language;
  log: (entry: LogEntry) => void;
  wait: (ms: number) => Promise<void>;
  post?: Partial<Omit<PostOptions, "wait">>;
}

/** Tells Slack what a topic says. Rejects when any of it was not taken. */
export function createNotifier(parts: NotifierParts) {
  const { log, webhook } = parts;

  const lookout: Lookout = {
    /** Not knowing is no reason to keep silent. */
    alarm: async (name) => {
      try {
        return await parts.lookAt(name);
      } catch (error) {
        log({ level: "warn", msg: "cannot look at the other alarm", name, error: String(error) });
        return undefined;
      }
    },
    wait: parts.wait,
  };

  return async ({ Records }: SnsEvent): Promise<void> => {
    for (const { Sns } of Records) {
      const notice = readNotice(Sns.Subject ?? undefined, Sns.Message);
      const verdict =
        notice.kind === "alarm"
          ? await judge(notice, lookout)
          : ({ tell: true, warningStays: false } as const);
      const about = {
        messageId: Sns.MessageId,
        ...(notice.kind === "alarm" && { alarm: notice.name }),
      };
      if (!verdict.tell) {
        log({ level: "info", msg: "left out", because: verdict.because, ...about });
        continue;
      }
      await post(webhook, slackMessage(notice, parts.language, verdict), {
        ...parts.post,
        wait: parts.wait,
      });
      log({ level: "info", msg: "told", ...about });
    }
  };
}
