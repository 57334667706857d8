import type { Language } from "../../alarms/alarm-spec";

/** The fixed words of a message. */
export interface Words {
  levels: Record<"critical" | "warning" | "ended", string>;
  /** "3 alarms" */
  alarms: (count: number) => string;
  /** "2 more alarms, 5 in all" */
  more: (count: number, all: number) => string;
  andMore: (count: number) => string;
  again: string;
  noLongerCritical: string;
  moreDeadLetters: string;
  /** Before the headline of a reminder. */
  lasts: (duration: string) => string;
  /** How long an incident lasted. */
  lasted: (duration: string) => string;
  /** Of minutes. */
  duration: (minutes: number) => string;
  what: string;
  where: string;
  value: string;
  since: string;
  endedAt: string;
  often: string;
  times: (count: number) => string;
  owner: string;
  runbook: string;
  console: string;
  command: string;
  noData: string;
  threshold: string;
  comparisons: Record<string, string>;
  timeZone: string;
  timeZoneName: string;
}

/** "50 min", "4 h", "2 d 3 h" */
function duration(minutes: number, [day, hour, minute]: [string, string, string]): string {
  const whole = Math.max(1, Math.round(minutes));
  if (whole < 60) return `${whole}${minute}`;
  const hours = Math.round(whole / 60);
  if (hours < 24) return `${hours}${hour}`;
  const rest = hours % 24;
  return `${Math.floor(hours / 24)}${day}${rest === 0 ? "" : `${rest}${hour}`}`;
}

export const words: Record<Language, Words> = {
  en: {
    levels: { critical: "CRITICAL", warning: "Warning", ended: "Recovered" },
    alarms: (count) => (count === 1 ? "1 alarm" : `${count} alarms`),
    more: (count, all) => `${count} more ${count === 1 ? "alarm" : "alarms"}, ${all} in all`,
    andMore: (count) => `and ${count} more`,
    again: "🔁 Again:",
    noLongerCritical: "No longer critical, still a warning",
    moreDeadLetters: "More dead letters",
    lasts: (time) => `Still on after ${time}:`,
    lasted: (time) => `It lasted ${time}.`,
    duration: (minutes) => duration(minutes, [" d ", " h", " min"]).trim(),
    what: "What",
    where: "Where",
    value: "Value",
    since: "Since",
    endedAt: "Ended",
    often: "Started",
    times: (count) => `${count} times`,
    owner: "Owner",
    runbook: "Runbook",
    console: "CloudWatch",
    command: "Look closer",
    noData: "no data",
    threshold: "threshold",
    comparisons: {
      GreaterThanThreshold: "above",
      GreaterThanOrEqualToThreshold: "at least",
      LessThanThreshold: "below",
      LessThanOrEqualToThreshold: "at most",
    },
    timeZone: "UTC",
    timeZoneName: "UTC",
  },
  ja: {
    levels: { critical: "重大", warning: "警告", ended: "復旧" },
    alarms: (count) => `アラーム${count}件`,
    more: (count, all) => `アラームが${count}件追加（計${all}件）`,
    andMore: (count) => `ほか${count}件`,
    again: "🔁 再発",
    noLongerCritical: "重大レベルを脱しましたが、警告は継続中",
    moreDeadLetters: "デッドレターがさらに増えました",
    lasts: (time) => `${time}経過、継続中`,
    lasted: (time) => `継続時間は${time}でした。`,
    duration: (minutes) => duration(minutes, ["日", "時間", "分"]),
    what: "対象",
    where: "場所",
    value: "値",
    since: "発生時刻",
    endedAt: "終了時刻",
    often: "発生回数",
    times: (count) => `${count}回`,
    owner: "担当",
    runbook: "対応手順",
    console: "CloudWatch",
    command: "確認コマンド",
    noData: "データなし",
    threshold: "しきい値",
    comparisons: {
      GreaterThanThreshold: "超過",
      GreaterThanOrEqualToThreshold: "以上",
      LessThanThreshold: "未満",
      LessThanOrEqualToThreshold: "以下",
    },
    timeZone: "Asia/Tokyo",
    timeZoneName: "JST",
  },
};
