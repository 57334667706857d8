import type { Board, Incident, Member, Told } from "./board";
import type { Channel } from "./channels/channel";
import { due, levelOf, lowered, toldAfter, untold, viewOf, type Occasion, type View } from "./due";
import { minutesSince, type Moment } from "./moment";
import { withIncident } from "./record";
import { reportOf, type Wording } from "./report";
import { incidentRules as rules } from "./rules";

/** A message that this call has to send. */
export interface Job {
  incident: string;
  channel: Channel;
  /** "state": only the first message of the thread changes. */
  occasion: Occasion | "state";
  view: View;
  /** When it was taken. */
  now: Moment;
}

export interface Holder {
  /** Unique for each call. */
  holder: string;
  /** How long a call may take. */
  leaseMs: number;
}

/** Takes the messages that are due, unless another call is sending those of the same incident. `states`: also first messages
 *  of threads that do not say any more how things are. */
export function claim(
  board: Board,
  channels: readonly Channel[],
  now: Moment,
  {
    holder,
    leaseMs,
    repeatAfterMinutes,
    states,
  }: Holder & { repeatAfterMinutes: number; states: boolean },
): { board: Board; jobs: Job[] } {
  const jobs: Job[] = [];
  let after = board;
  for (const incident of board.incidents) {
    const { lease } = incident;
    if (lease !== undefined && lease.until > now.at) continue;
    const own = channels.flatMap((channel): Job[] => {
      const view = viewOf(incident, incident.told[channel.key], channel.interest, now);
      const occasion =
        due(view, now, repeatAfterMinutes) ?? (states && isOutdated(view) ? "state" : undefined);
      return occasion === undefined
        ? []
        : [{ incident: incident.id, channel, occasion, view, now }];
    });
    if (own.length === 0) continue;
    after = withIncident(after, { ...incident, lease: { holder, until: now.at + leaseMs } });
    jobs.push(...own);
  }
  return { board: after, jobs };
}

/** What the first message of a thread depends on, besides values. */
const stateOf = ({ members, on }: View): string =>
  JSON.stringify(
    members.map(({ facts, times }) => [facts.name, times, on.some((it) => it.facts === facts)]),
  );

const isOutdated = (view: View): boolean =>
  view.told?.thread !== undefined && view.told.shown !== stateOf(view);

/** Sends one message, and answers what the channel knows now. */
export async function send({ channel, occasion, view, now }: Job, wording: Wording): Promise<Told> {
  const report = (what: Occasion | "state") => reportOf(what, view, now, wording);
  const { told } = view;
  const { threads } = channel;
  const thread = told?.thread;
  if (occasion === "state") {
    if (told === undefined || thread === undefined) throw new Error("There is no thread yet.");
    await threads?.change(thread, report("state"));
    return { ...told, shown: stateOf(view) };
  }
  const after = (seen: boolean) => toldAfter(occasion, view, now, seen);
  if (threads === undefined) {
    await channel.send(report(occasion));
    return after(true);
  }
  if (thread === undefined) {
    const opened = await threads.open(report(occasion === "open" ? "state" : occasion));
    return { ...after(true), thread: opened, shown: stateOf(view) };
  }
  const everybody = isForEverybody(occasion, view, now);
  // What its first message says is corrected by the next call of the schedule.
  return {
    ...after(everybody),
    thread: await threads.answer(thread, report(occasion), everybody),
    shown: told?.shown,
  };
}

/** Whether the channel shows an answer too. Most people do not see what is only in a thread. */
function isForEverybody(occasion: Occasion, view: View, now: Moment): boolean {
  if (["again", "critical", "reminder"].includes(occasion)) return true;
  const isOld = view.told !== undefined && minutesSince(view.told.at, now) > rules.joins;
  return occasion === "more" && isOld && levelOf(untold(view)) === "critical";
}

/** What became of a job. */
export type Outcome = { job: Job; told: Told } | { job: Job; error: unknown };

/** Writes on the board what was sent, and gives its incidents free. */
export function complete(board: Board, outcomes: readonly Outcome[], holder: string): Board {
  let after = board;
  for (const incident of board.incidents) {
    if (incident.lease?.holder !== holder) continue;
    const own = outcomes.filter(({ job }) => job.incident === incident.id);
    const told = own.flatMap((outcome) =>
      "told" in outcome ? [[outcome.job.channel.key, outcome.told] as const] : [],
    );
    after = withIncident(after, {
      ...incident,
      lease: undefined,
      told: { ...incident.told, ...Object.fromEntries(told) },
      failures: told.length === own.length ? 0 : incident.failures + 1,
    });
  }
  return after;
}

/** Writes current values on the board. */
export function withValues(board: Board, values: ReadonlyMap<string, number>): Board {
  if (values.size === 0) return board;
  return {
    ...board,
    incidents: board.incidents.map((incident): Incident => {
      const members = mapValues(incident.members, (member) => valued(member, values));
      return {
        ...incident,
        members,
        told: mapValues(incident.told, (told) => lowered(told, members)),
      };
    }),
  };
}

export const valued = (member: Member, values: ReadonlyMap<string, number>): Member => ({
  ...member,
  value: (member.on ? values.get(member.facts.name) : undefined) ?? member.value,
});

const mapValues = <V>(record: Record<string, V>, change: (value: V) => V): Record<string, V> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
