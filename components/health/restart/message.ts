import type { Language } from "../../alarms/alarm-spec";
import type { Try } from "./history";
import type { GaveUp } from "./restarts";

export interface Message {
  subject: string;
  text: string;
}

/** SNS allows fewer than 100 characters. */
const subjectLimit = 99;

interface Words {
  subject: (api: string) => string;
  because: (container: string, reason: string) => string;
  tried: string;
  open: string;
  next: string;
  runbook: string;
}

const words: Record<Language, Words> = {
  en: {
    subject: (api) => `🛠️ Not restarted any more: ${api}`,
    because: (container, reason) =>
      `The work path of the API fails, and its container ${container} is not restarted any more: ${reason}.`,
    tried: "Restarts",
    open: "the outcome is not known",
    next: "Next: look at the container and its host. Its queue keeps the messages meanwhile.",
    runbook: "Runbook",
  },
  ja: {
    subject: (api) => `🛠️ 自動再起動を中止しました: ${api}`,
    because: (container, reason) =>
      `APIの処理パスが応答しないままですが、コンテナ${container}の自動再起動を中止しました。理由: ${reason}`,
    tried: "再起動の記録",
    open: "結果は不明です",
    next: "次の対応: コンテナとホストを確認してください。その間、メッセージはキューに残ります。",
    runbook: "対応手順",
  },
};

/** The message that hands over to people: why, and what was tried. */
export const describeGaveUp =
  ({ language, runbookUrl }: { language: Language; runbookUrl: string }) =>
  ({ api, container, because, tries }: GaveUp): Message => {
    const its = words[language];
    const subject = its.subject(api);
    const line = ({ at, outcome }: Try) => `- ${at}: ${outcome?.text ?? its.open}`;
    return {
      subject: subject.length <= subjectLimit ? subject : `${subject.slice(0, subjectLimit - 1)}…`,
      text: [
        its.because(container, because),
        ...(tries.length === 0 ? [] : [`${its.tried}:`, ...tries.map(line)]),
        its.next,
        `${its.runbook}: ${runbookUrl}`,
      ].join("\n"),
    };
  };
