import type { Language } from "../../alarms/alarm-spec";

/** The fixed words of a notice. */
export interface Words {
  critical: string;
  warning: string;
  recovered: string;
  stillWarning: string;
  what: string;
  where: string;
  value: string;
  since: string;
  owner: string;
  runbook: string;
  console: string;
  noData: string;
  threshold: string;
  comparisons: Record<string, string>;
  timeZone: string;
  timeZoneName: string;
}

export const words: Record<Language, Words> = {
  en: {
    critical: "CRITICAL",
    warning: "Warning",
    recovered: "Recovered",
    stillWarning: "No longer critical, still a warning",
    what: "What",
    where: "Where",
    value: "Value",
    since: "Since",
    owner: "Owner",
    runbook: "Runbook",
    console: "CloudWatch",
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
    critical: "重大",
    warning: "警告",
    recovered: "復旧",
    stillWarning: "重大レベルを脱しましたが、警告は継続中",
    what: "対象",
    where: "場所",
    value: "値",
    since: "発生時刻",
    owner: "担当",
    runbook: "対応手順",
    console: "CloudWatch",
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
