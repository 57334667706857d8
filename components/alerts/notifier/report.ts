import type { Language } from "../../alarms/alarm-spec";
import type { Member } from "./board";
import { levelOf, risen, untold, type Occasion, type View } from "./due";
import { minutesSince, type Moment } from "./moment";
import { words, type Words } from "./words";

/** What a message says, before it has the form of a channel. */
export interface Report {
  title: string;
  /** Sentences below the title. */
  sentences: string[];
  details: Detail[];
  /** Alarms of which little more than the name is said. */
  others: { label: string; names: string[] }[];
}

/** An alarm with all that is known of it. */
export interface Detail {
  /** Empty if the title says it. */
  heading: string;
  meaning: string;
  facts: [label: string, text: string][];
  links: [label: string, url: string][];
  command: [label: string, text: string];
}

export interface Wording {
  /** "file-search dev" */
  system: string;
  language: Language;
}

/** More would not be read, and Slack shows at most 50 blocks. */
const mostDetails = 8;

const icons = { critical: "🔴", warning: "🟡", ended: "✅" } as const;

/** What is said on an occasion. "state" is the first message of a thread, which always says how things are. */
export function reportOf(
  occasion: Occasion | "state",
  view: View,
  now: Moment,
  { system, language }: Wording,
): Report {
  const say = words[language];
  const { members, on, told } = view;
  const wasTold = members.filter(({ facts }) => told?.alarms[facts.name] !== undefined);
  // Nothing was told if it has ended before its first message.
  const spoke = wasTold.length > 0 ? wasTold : members.filter(({ covered }) => !covered);
  const lasted = say.duration(minutesSince(view.opened, now));
  const named = (some: Member[]) => {
    const [only, ...more] = some.map(({ facts }) => facts.name);
    return more.length === 0 ? only : `${system}: ${say.alarms(some.length)}`;
  };
  const level = levelOf(on);
  const headline = `${icons[level]} ${say.levels[level]}: ${named(on.length > 0 ? on : spoke)}`;
  const report = (title: string, some: Member[], sentences: string[] = []): Report => ({
    title,
    sentences,
    ...described(some, say),
  });
  const ended = (some: Member[]) =>
    some.length === 0 ? [] : [{ label: say.levels.ended, names: some.map(nameAndTimes) }];

  switch (occasion) {
    case "open":
      return report(headline, on.length > 0 ? on : spoke);
    case "critical":
      return report(headline, on);
    case "again":
      return report(`${say.again} ${headline}`, on);
    case "more": {
      const news = untold(view);
      const title = `${icons[levelOf(news)]} ${say.more(news.length, on.length)}: ${named(news)}`;
      return report(title, news);
    }
    case "lower":
      return report(`${icons.warning} ${say.noLongerCritical}: ${named(on)}`, on);
    case "rise": {
      const rises = risen(view);
      const sentences = rises.map(
        ({ member, from, to }) => `${member.facts.name}: ${from} → ${to}`,
      );
      return report(
        `📈 ${say.moreDeadLetters}`,
        rises.map(({ member }) => member),
        sentences,
      );
    }
    case "reminder":
      return report(`⏰ ${say.lasts(lasted)} ${headline}`, on);
    case "end":
      return {
        title: headline,
        sentences: [say.lasted(lasted)],
        details: [],
        others: ended(spoke),
      };
    case "state":
      if (on.length === 0) return report(headline, spoke, [say.lasted(lasted)]);
      return withOthers(report(headline, on), ended(spoke.filter((member) => !member.on)));
  }
}

const withOthers = (report: Report, others: Report["others"]): Report => ({
  ...report,
  others: [...report.others, ...others],
});

const nameAndTimes = ({ facts, times }: Member) =>
  times > 1 ? `${facts.name} (${times}×)` : facts.name;

function described(members: Member[], say: Words): Pick<Report, "details" | "others"> {
  const bySeverity = [...members].sort((one, other) =>
    one.facts.severity.localeCompare(other.facts.severity),
  );
  const [shown, rest] = [bySeverity.slice(0, mostDetails), bySeverity.slice(mostDetails)];
  return {
    details: shown.map((member) => detailOf(member, say, members.length === 1)),
    others:
      rest.length === 0 ? [] : [{ label: say.andMore(rest.length), names: rest.map(nameAndTimes) }],
  };
}

function detailOf(member: Member, say: Words, isOnly: boolean): Detail {
  const { facts, on, times } = member;
  const { name, meaning, runbookUrl } = facts;
  return {
    heading: isOnly ? "" : `${icons[on ? facts.severity : "ended"]} ${name}`,
    meaning,
    facts: [
      [say.what, [facts.measure, ...facts.where].join("\n")],
      ...(isOnly ? [[say.where, `${facts.region} / ${facts.accountId}`] as [string, string]] : []),
      [say.value, valueAgainstThreshold(member, say)],
      [on ? say.since : say.endedAt, time(member.since, say)],
      ...(times > 1 ? [[say.often, say.times(times)] as [string, string]] : []),
      ...(isOnly && facts.owner !== undefined
        ? [[say.owner, facts.owner] as [string, string]]
        : []),
    ],
    links: [
      ...(runbookUrl === undefined ? [] : [[say.runbook, runbookUrl] as [string, string]]),
      [say.console, consoleUrl(facts.region, name)],
    ],
    command: [say.command, facts.command],
  };
}

const consoleUrl = (region: string, alarm: string) =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(alarm)}`;

function time(moment: number, { timeZone, timeZoneName }: Words): string {
  // The Swedish locale writes dates in ISO 8601 format.
  const format = { timeZone, dateStyle: "short", timeStyle: "short" } as const;
  return `${new Date(moment).toLocaleString("sv-SE", format)} ${timeZoneName}`;
}

function valueAgainstThreshold({ facts, value }: Member, say: Words): string {
  const shown = value === undefined ? say.noData : value.toLocaleString("en-US");
  if (facts.threshold === undefined) return shown;
  const comparison = say.comparisons[facts.comparison] ?? "";
  return `${shown} (${say.threshold}: ${comparison} ${facts.threshold.toLocaleString("en-US")})`;
}

/** A message that is not about an alarm, unchanged. */
export const textReport = (subject: string, text: string): Report => ({
  title: subject,
  sentences: [text],
  details: [],
  others: [],
});

/** The whole message as text. */
export function reportText({ title, sentences, details, others }: Report): string {
  const pair = ([label, text]: [string, string]) => `${label}: ${text.replaceAll("\n", " ")}`;
  const paragraphs = details.map(({ heading, meaning, facts, links, command }) =>
    [heading, meaning, ...[...facts, ...links, command].map(pair)].filter((line) => line !== ""),
  );
  const head = [title, ...sentences].filter((line) => line !== "");
  const tail = others.map(({ label, names }) => `${label}: ${names.join(", ")}`);
  // A single alarm needs no blank line.
  const [only, ...more] = paragraphs;
  const blocks = more.length === 0 ? [[...head, ...(only ?? [])]] : [head, ...paragraphs];
  return [...blocks, tail]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}
