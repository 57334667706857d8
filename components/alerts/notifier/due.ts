import { deadLettersKey, type Severity } from "../../alarms/alarm-spec";
import type { Incident, Member, Told } from "./board";
import { minutesSince, type Moment } from "./moment";
import { criticalOf } from "./pair";
import { incidentRules as rules } from "./rules";

/** Why a message is sent.
 *  open: the first. again: it began again after its end was told. critical: a warning became critical. lower: the reverse.
 *  more: further alarms. rise: further dead letters. reminder: it lasts. end: it has ended. */
export type Occasion =
  "open" | "again" | "critical" | "more" | "lower" | "rise" | "reminder" | "end";

/** What a channel is interested in. */
export interface Interest {
  severities: readonly Severity[];
  /** Whether alarms that send e-mails themselves are left out. */
  withoutDirect: boolean;
}

/** An incident as a channel sees it. */
export interface View {
  opened: Moment;
  members: Member[];
  /** The alarms that are on and say something: not the warnings that wait for their critical alarm, or whose critical alarm is
   *  on or has just ended. */
  on: Member[];
  told: Told | undefined;
}

export function viewOf(
  incident: Incident,
  told: Told | undefined,
  { severities, withoutDirect }: Interest,
  now: Moment,
): View {
  const members = Object.values(incident.members).filter(
    ({ facts, direct }) => severities.includes(facts.severity) && !(direct && withoutDirect),
  );
  const isWaiting = ({ waits, changed }: Member) =>
    waits && minutesSince(changed, now) < rules.criticalWait;
  const isCovered = ({ facts, covered }: Member) => {
    const critical = incident.members[criticalOf(facts.name) ?? ""];
    if (!covered || critical === undefined) return false;
    return critical.on || minutesSince(critical.changed, now) < quietMinutes(told);
  };
  const on = members.filter((member) => member.on && !isCovered(member) && !isWaiting(member));
  return { opened: incident.opened, members, on, told };
}

export const levelOf = (on: Member[]): Told["level"] => {
  if (on.length === 0) return "ended";
  return on.some(({ facts }) => facts.severity === "critical") ? "critical" : "warning";
};

/** The alarms that are on and were not told. */
export const untold = ({ on, told }: View): Member[] =>
  on.filter(({ facts }) => told?.alarms[facts.name] === undefined);

/** Alarms on dead-letter queues whose value is above what was told. An alarm that is on says nothing more by itself. */
export const risen = ({ on, told }: View): { member: Member; from: number; to: number }[] =>
  on.flatMap((member) => {
    const from = told?.alarms[member.facts.name]?.value;
    const { value: to } = member;
    return isOnDeadLetters(member.facts.name) && from !== undefined && to !== undefined && to > from
      ? [{ member, from, to }]
      : [];
  });

/** Whether an alarm of this name watches a dead-letter queue. */
export const isOnDeadLetters = (name: string): boolean => name.includes(`-${deadLettersKey}-`);

/** How long an alarm must be off until that is told. Longer for an incident that begins again and again. */
export const quietMinutes = (told: Told | undefined): number =>
  Math.min(rules.quiet * 2 ** (told?.rounds ?? 0), rules.longestQuiet);

const elapsed = (members: Member[], now: Moment) =>
  members.map(({ changed }) => minutesSince(changed, now));

/** The message that is due now, if any. */
export function due(view: View, now: Moment, repeatAfterMinutes: number): Occasion | undefined {
  const { members, on, told } = view;
  if (told === undefined) {
    // An alarm that has ended before it was told is told too. One that its critical alarm covered is not.
    const isOver = members.some((member) => !member.on && !member.covered);
    return on.length > 0 || isOver ? "open" : undefined;
  }
  const level = levelOf(on);
  if (told.level === "ended") return on.length > 0 ? "again" : undefined;
  if (told.level === "warning" && level === "critical") return "critical";

  const offFor = (some: Member[]) => Math.min(...elapsed(some, now));
  if (!members.some((member) => member.on)) {
    return offFor(members) >= quietMinutes(told) ? "end" : undefined;
  }
  const wereCritical = members.filter(
    (member) => !member.on && member.facts.severity === "critical",
  );
  if (
    told.level === "critical" &&
    level === "warning" &&
    offFor(wereCritical) >= quietMinutes(told)
  ) {
    return "lower";
  }
  const news = elapsed(untold(view), now);
  if (
    news.length > 0 &&
    (Math.min(...news) >= rules.settled || Math.max(...news) >= rules.collected)
  ) {
    return "more";
  }
  const saidAt = [told.at, ...(told.roseAt === undefined ? [] : [told.roseAt])];
  const mayRise = saidAt.every((moment) => minutesSince(moment, now) >= rules.rises);
  if (mayRise && risen(view).length > 0) return "rise";
  if (on.length > 0 && minutesSince(told.at, now) >= repeatAfterMinutes) return "reminder";
  return undefined;
}

/** What a channel knows after a message. `seen`: whether people saw it, or it is inside a thread. */
export function toldAfter(
  occasion: Occasion,
  view: View,
  now: Moment,
  seen: boolean,
): Omit<Told, "thread" | "shown"> {
  const { members, on, told } = view;
  const known = members.flatMap(({ facts: { name } }) => {
    const before = told?.alarms[name];
    return before === undefined ? [] : [[name, before] as const];
  });
  const current = on.map(({ facts, value }) => [facts.name, { value }] as const);
  // Only a message that says so lowers the level: an alarm may be off for a moment.
  const stays = told?.level === "critical" && !["again", "lower", "end"].includes(occasion);
  const level = stays ? "critical" : levelOf(on);
  return {
    level,
    at: seen || told === undefined ? now : told.at,
    // What is off is remembered: if it goes on again before the end, it is the same incident and no news.
    alarms: level === "ended" ? {} : Object.fromEntries([...known, ...current]),
    rounds: (told?.rounds ?? 0) + (occasion === "again" || occasion === "lower" ? 1 : 0),
    roseAt: occasion === "rise" ? now : told?.roseAt,
  };
}

/** What the next rise is measured from: a value that fell, or that was not known when the alarm was told. */
export function lowered(told: Told, members: Incident["members"]): Told {
  const alarms = Object.entries(told.alarms).map(([name, { value }]) => {
    const current = isOnDeadLetters(name) ? members[name]?.value : undefined;
    return [name, { value: current === undefined ? value : Math.min(current, value ?? current) }];
  });
  return { ...told, alarms: Object.fromEntries(alarms) as Told["alarms"] };
}
