import { shortHash } from "../../../contracts/release";
import type { Language } from "../../alarms/alarm-spec";
import type { Version } from "../../../contracts/release-history";

export interface Rollback {
  from: Version;
  to: Version;
  alarm: string;
}

export interface Message {
  subject: string;
  text: string;
}

interface Context {
  group: string;
  language: Language;
  runbookUrl: string;
}

/** SNS allows fewer than 100 characters. */
const subjectLimit = 99;

const sentences: Record<
  Language,
  (group: string, from: string, to: string, alarm: string) => [string, ...string[]]
> = {
  en: (group, from, to, alarm) => [
    `↩️ Release rolled back: ${group}`,
    `${alarm} fired, so the machines are rolled back from ${from} to ${to}. This takes a few minutes.`,
    "Next: fix the bug and deploy, or deploy the previous commit. `up` refuses this bundle until its hold is lifted.",
  ],
  ja: (group, from, to, alarm) => [
    `↩️ リリースを差し戻しました: ${group}`,
    `${alarm} が発生したため、マシンを${from}から${to}へ戻しています。数分かかります。`,
    "次の対応: 修正してデプロイするか、一つ前のコミットをデプロイしてください。" +
      "保留を解除するまで、このバンドルは up で拒否されます。",
  ],
};

const names: Record<Language, (number: number, bundle: string | undefined) => string> = {
  en: (number, bundle) =>
    bundle === undefined ? `version ${number}` : `version ${number} (bundle ${shortHash(bundle)})`,
  ja: (number, bundle) =>
    bundle === undefined
      ? `バージョン${number}`
      : `バージョン${number}（バンドル ${shortHash(bundle)}）`,
};

const runbookWord: Record<Language, string> = { en: "Runbook", ja: "対応手順" };

/** The message that is sent by e-mail and to Slack. */
export const describeRollback =
  ({ group, language, runbookUrl }: Context) =>
  ({ from, to, alarm }: Rollback): Message => {
    const name = ({ number, bundle }: Version) => names[language](number, bundle);
    const [subject, ...text] = sentences[language](group, name(from), name(to), alarm);
    return {
      subject: subject.length <= subjectLimit ? subject : `${subject.slice(0, subjectLimit - 1)}…`,
      text: [...text, `${runbookWord[language]}: ${runbookUrl}`].join("\n"),
    };
  };
