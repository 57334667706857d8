import type { Language } from "../../alarms/alarm-spec";
import type { AlarmNotice, Notice } from "./notice";
import { words, type Words } from "./words";

export interface SlackMessage {
  /** Shown by phones, and by clients that cannot show blocks: contains everything. */
  text: string;
  blocks: object[];
}

/** Slack's own limits. */
const limits = { header: 150, section: 3000, field: 2000 };

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const cut = (text: string, limit: number) =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
const markdown = (text: string, limit = limits.section) => ({
  type: "mrkdwn",
  text: cut(text, limit),
});

const consoleUrl = ({ region, name }: AlarmNotice) =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(name)}`;

function time(moment: Date, { timeZone, timeZoneName }: Words): string {
  // The Swedish locale writes dates in ISO 8601 format.
  const text = moment.toLocaleString("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  return `${text} ${timeZoneName}`;
}

function valueAgainstThreshold(notice: AlarmNotice, say: Words): string {
  const value = notice.value === undefined ? say.noData : notice.value.toLocaleString("en-US");
  if (notice.threshold === undefined) return value;
  const comparison = say.comparisons[notice.comparison] ?? "";
  return `${value} (${say.threshold}: ${comparison} ${notice.threshold.toLocaleString("en-US")})`;
}

function headline(notice: AlarmNotice, say: Words, warningStays: boolean): string {
  if (notice.state === "OK") {
    return warningStays
      ? `🟡 ${say.stillWarning}: ${notice.name}`
      : `✅ ${say.recovered}: ${notice.name}`;
  }
  return notice.severity === "critical"
    ? `🔴 ${say.critical}: ${notice.name}`
    : `🟡 ${say.warning}: ${notice.name}`;
}

function alarmMessage(notice: AlarmNotice, say: Words, warningStays: boolean): SlackMessage {
  const title = headline(notice, say, warningStays);
  const meaning = notice.meaning === "" ? notice.reason : notice.meaning;
  const facts: [string, string][] = [
    [say.what, [notice.measure, ...notice.where].join("\n")],
    [say.where, `${notice.region} / ${notice.accountId}`],
    [say.value, valueAgainstThreshold(notice, say)],
    ...(notice.since === undefined
      ? []
      : [[say.since, time(notice.since, say)] as [string, string]]),
    ...(notice.owner === undefined ? [] : [[say.owner, notice.owner] as [string, string]]),
  ];
  const links: [string, string][] = [
    ...(notice.runbookUrl === undefined
      ? []
      : [[notice.runbookUrl, say.runbook] as [string, string]]),
    [consoleUrl(notice), say.console],
  ];
  const field = ([label, text]: [string, string]) =>
    markdown(`*${label}*\n${escape(text)}`, limits.field);
  return {
    text: escape(
      [
        title,
        meaning,
        ...facts.map(([label, text]) => `${label}: ${text.replaceAll("\n", " ")}`),
        ...links.map(([url, label]) => `${label}: ${url}`),
      ].join("\n"),
    ),
    blocks: [
      {
        type: "header",
        text: { type: "plain_text", text: cut(title, limits.header), emoji: true },
      },
      ...(meaning === "" ? [] : [{ type: "section", text: markdown(escape(meaning)) }]),
      { type: "section", fields: facts.map(field) },
      {
        type: "section",
        text: markdown(links.map(([url, label]) => `<${escape(url)}|${label}>`).join("  ·  ")),
      },
    ],
  };
}

/** The message that Slack shows. `warningStays`: the critical alarm has ended, but the warning of the same
 *  measure is still on. */
export function slackMessage(
  notice: Notice,
  language: Language,
  { warningStays = false } = {},
): SlackMessage {
  if (notice.kind === "alarm") return alarmMessage(notice, words[language], warningStays);
  const title = notice.subject === "" ? [] : [`*${escape(notice.subject)}*`];
  const text = [...title, escape(notice.text)].join("\n");
  return { text, blocks: [{ type: "section", text: markdown(text) }] };
}
