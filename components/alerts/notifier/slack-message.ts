import { reportText, type Detail, type Report } from "./report";

export interface SlackMessage {
  /** Shown by phones, and by clients that cannot show blocks: contains everything. */
  text: string;
  blocks: object[];
}

/** Slack's own limits. Characters. Source: Block Kit reference; chat.postMessage, "Truncating content". */
const limits = { header: 150, section: 3000, field: 2000, text: 40_000 };

const escape = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const cut = (text: string, limit: number) =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
const section = (text: string) => ({
  type: "section",
  text: { type: "mrkdwn", text: cut(text, limits.section) },
});

/** The message as Slack shows it. */
export function slackMessage(report: Report): SlackMessage {
  const { title, sentences, details, others } = report;
  return {
    text: cut(escape(reportText(report)), limits.text),
    blocks: [
      ...(title === ""
        ? []
        : [
            {
              type: "header",
              text: { type: "plain_text", text: cut(title, limits.header), emoji: true },
            },
          ]),
      ...sentences.map((sentence) => section(escape(sentence))),
      ...details.flatMap((detail) => (detail.heading === "" ? whole(detail) : [brief(detail)])),
      ...others.map(({ label, names }) => section(escape(`${label}: ${names.join(", ")}`))),
    ],
  };
}

const linkLine = ({ links }: Detail) =>
  links.map(([label, url]) => `<${escape(url)}|${label}>`).join("  ·  ");
const commandLine = ({ command: [label, text] }: Detail) => `*${label}*\n\`${escape(text)}\``;

function whole(detail: Detail): object[] {
  const fields = detail.facts.map(([label, text]) => ({
    type: "mrkdwn",
    text: cut(`*${label}*\n${escape(text)}`, limits.field),
  }));
  return [
    ...(detail.meaning === "" ? [] : [section(escape(detail.meaning))]),
    { type: "section", fields },
    section(commandLine(detail)),
    section(linkLine(detail)),
  ];
}

function brief(detail: Detail): object {
  const facts = detail.facts
    .map(([label, text]) => `${label}: ${escape(text.replaceAll("\n", " "))}`)
    .join("  ·  ");
  return section(
    [
      `*${escape(detail.heading)}*`,
      ...(detail.meaning === "" ? [] : [escape(detail.meaning)]),
      facts,
      linkLine(detail),
      commandLine(detail),
    ].join("\n"),
  );
}
