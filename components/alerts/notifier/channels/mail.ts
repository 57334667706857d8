import type { Severity } from "../../../alarms/alarm-spec";
import { reportText, type Report } from "../report";
import type { Channel } from "./channel";

export interface Mail {
  subject: string;
  text: string;
}

/** SNS allows fewer than 100 characters and no line breaks. Source: SNS Publish. */
const longestSubject = 99;

/** SNS allows 262,144 bytes; a character has at most four. */
const longestText = 60_000;

/** E-mail through the topic of a severity. Alarms that notify the topic themselves are left out. */
export const mail = (severity: Severity, publish: (mail: Mail) => Promise<unknown>): Channel => ({
  key: `mail-${severity}`,
  interest: { severities: [severity], withoutDirect: true },
  send: (report) => publish(mailOf(report)),
});

function mailOf(report: Report): Mail {
  const subject = report.title.replaceAll(/\p{Cc}+/gu, " ").trim();
  return {
    subject:
      subject.length <= longestSubject ? subject : `${subject.slice(0, longestSubject - 1)}…`,
    text: reportText(report).slice(0, longestText),
  };
}
