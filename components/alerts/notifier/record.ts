import { randomUUID } from "node:crypto";
import type { Board, Incident, Member, Told } from "./board";
import { minutesSince, type Moment } from "./moment";
import type { AlarmNotice } from "./notice";
import { quietMinutes } from "./due";
import { criticalOf, warningOf } from "./pair";
import { incidentRules as rules } from "./rules";

/** Writes a change of an alarm on the board. Says the same thing twice if it is told twice, and ignores what is older than
 *  what it knows: notices may come more than once and in any order. */
export function record(
  board: Board,
  notice: AlarmNotice,
  now: Moment,
  { waits = false } = {},
): Board {
  const known = board.incidents.find(({ members }) => notice.name in members);
  const before = known?.members[notice.name];
  const on = notice.state === "ALARM";
  if (before !== undefined && (notice.since < before.since || before.on === on)) return board;
  // Nobody was told of it, and it is over or has never been on.
  if (before === undefined && !on && notice.previousState !== "ALARM") return board;

  // The end of an alarm that is not known does not belong to another incident.
  const incident = known ?? (on ? joinable(board, now) : undefined) ?? newIncident(now);
  const members = {
    ...incident.members,
    [notice.name]: memberOf(notice, before, now, on && waits),
  };
  return withIncident(board, {
    ...incident,
    joined: before === undefined ? now : incident.joined,
    members: covered(members, notice.name),
    told: on && before !== undefined ? newsAgain(incident.told, before, now) : incident.told,
  });
}

/** An alarm that was off for long is news when it comes back. */
const newsAgain = (told: Incident["told"], { facts, changed }: Member, now: Moment) =>
  Object.fromEntries(
    Object.entries(told).map(([channel, its]): [string, Told] => {
      if (minutesSince(changed, now) < quietMinutes(its)) return [channel, its];
      const others = Object.entries(its.alarms).filter(([name]) => name !== facts.name);
      return [channel, { ...its, alarms: Object.fromEntries(others) }];
    }),
  );

const memberOf = (
  { facts, state, since, value, direct }: AlarmNotice,
  before: Member | undefined,
  changed: Moment,
  waits: boolean,
): Member => {
  const on = state === "ALARM";
  return {
    facts,
    on,
    since,
    changed,
    times: (before?.times ?? 0) + (on || before === undefined ? 1 : 0),
    value: value ?? before?.value,
    waits,
    covered: on ? false : (before?.covered ?? false),
    direct,
  };
};

/** Marks a warning whose critical alarm is on. The mark stays when that alarm ends: if the warning ends as well, it says nothing. */
function covered(members: Incident["members"], changed: string): Incident["members"] {
  const warning = warningOf(changed) ?? changed;
  const critical = members[criticalOf(warning) ?? ""];
  const member = members[warning];
  if (critical === undefined || member?.on !== true) return members;
  if (changed !== warning && !critical.on) return members;
  return { ...members, [warning]: { ...member, covered: critical.on } };
}

const isOn = ({ on }: Member) => on;
const lastChange = (members: Member[]): Moment | undefined =>
  members.map(({ changed }) => changed).sort((one, other) => other.at - one.at)[0];

/** The newest incident that is under way, if its last alarm came a short time ago. */
const joinable = ({ incidents }: Board, now: Moment): Incident | undefined =>
  incidents.findLast((incident) => {
    const members = Object.values(incident.members);
    const changed = lastChange(members);
    const underWay =
      members.some(isOn) || (changed !== undefined && minutesSince(changed, now) < rules.quiet);
    return underWay && minutesSince(incident.joined, now) <= rules.joins;
  });

const newIncident = (now: Moment): Incident => ({
  id: randomUUID(),
  opened: now,
  joined: now,
  members: {},
  told: {},
  failures: 0,
});

export const withIncident = (board: Board, incident: Incident): Board => ({
  ...board,
  incidents: board.incidents.some(({ id }) => id === incident.id)
    ? board.incidents.map((other) => (other.id === incident.id ? incident : other))
    : [...board.incidents, incident],
});

/** Forgets the alarms that have been off for long, and the incidents whose end was told, or could not be told for a day. */
export function forget(board: Board, now: Moment): Board {
  const incidents = board.incidents.flatMap((incident): Incident[] => {
    const members = Object.entries(incident.members);
    const kept = members.filter(
      ([, { on, changed }]) => on || minutesSince(changed, now) <= rules.remembered,
    );
    if (kept.length > 0) {
      return kept.length === members.length
        ? [incident]
        : [{ ...incident, members: Object.fromEntries(kept) }];
    }
    const isTold =
      incident.failures === 0 &&
      Object.values(incident.told).every(({ level }) => level === "ended");
    const changed = lastChange(Object.values(incident.members)) ?? incident.joined;
    return isTold || minutesSince(changed, now) > rules.givenUp ? [] : [incident];
  });
  const isSame = incidents.every((incident, index) => incident === board.incidents[index]);
  return isSame && incidents.length === board.incidents.length ? board : { ...board, incidents };
}
