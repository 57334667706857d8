import { randomUUID } from "node:crypto";
import type { Severity } from "../../alarms/alarm-spec";
import type { LogEntry } from "../../function/handler-parts";
import type { SnsEvent } from "../../function/sns-event";
import type { Alarms, Topics } from "./alarms";
import { emptyBoard, type Board } from "./board";
import type { BoardStore } from "./board-table";
import type { Channel } from "./channels/channel";
import { claim, complete, send, valued, withValues, type Job, type Outcome } from "./delivery";
import { isOnDeadLetters } from "./due";
import type { Moment } from "./moment";
import { readNotice, type AlarmNotice } from "./notice";
import { criticalOf, isPast } from "./pair";
import { forget, record } from "./record";
import { textReport, type Wording } from "./report";

export interface NotifierParts {
  board: BoardStore;
  alarms: Alarms;
  channels: readonly Channel[];
  topics: Topics;
  wording: Wording;
  repeatAfterMinutes: number;
  /** Longest time of one call: so long, no other call sends the messages of the same incident. */
  leaseMs: number;
  now: () => number;
  log: (entry: LogEntry) => void;
}

/** `tick`: the call of the schedule, once a minute. */
type NotifierEvent = SnsEvent | { tick: true };

/** What the schedule's call cannot send, its next call sends. After so many failures in a row the call fails, so that its event
 *  goes to the dead-letter queue and an alarm says so; and after more of them it does not any more, because a few such events
 *  are enough. Lambda makes three attempts with an event, so there must be time for them. */
const failedCalls = { from: 5, to: 15 };

/** So long, the notice of an alarm may be on its way. */
const noticeArrivesMs = 60_000;

/** More often than needed: a call sends what is due, and then what became due meanwhile. */
const mostRounds = 3;

/** Sends what the topics deliver, one thread or message for each incident. A message that was not accepted rejects the call:
 *  Lambda tries again, and at last keeps the event in the dead-letter queue. */
export function createNotifier(parts: NotifierParts) {
  const { board, alarms, channels, log } = parts;
  const momentOf = ({ minute }: Board): Moment => ({ minute, at: parts.now() });

  /** What is due now, taken by this call. */
  const take = (after: Board, holder: string, states = false) => {
    const { leaseMs, repeatAfterMinutes } = parts;
    const options = { holder, leaseMs, repeatAfterMinutes, states };
    const claimed = claim(after, channels, momentOf(after), options);
    return { board: claimed.board, result: claimed.jobs };
  };

  async function attempt(job: Job): Promise<Outcome> {
    const about = {
      channel: job.channel.key,
      occasion: job.occasion,
      alarms: job.view.on.map(({ facts }) => facts.name),
    };
    try {
      const told = await send(job, parts.wording);
      log({ level: "info", msg: "sent", ...about });
      return { job, told };
    } catch (error) {
      log({ level: "error", msg: "not sent", error: String(error), ...about });
      return { job, error };
    }
  }

  /** Without current values, a message has those of the notice. */
  async function valuesOf(names: readonly string[]): Promise<ReadonlyMap<string, number>> {
    if (names.length === 0) return new Map();
    try {
      return await alarms.values(names);
    } catch (error) {
      log({ level: "warn", msg: "current values cannot be read", error: String(error) });
      return new Map();
    }
  }

  async function withCurrentValues(jobs: readonly Job[]): Promise<Job[]> {
    const names = jobs.flatMap(({ view }) => view.on.map(({ facts }) => facts.name));
    const values = await valuesOf([...new Set(names)]);
    return jobs.map((job) => {
      // A rise is said with the values that it was found by.
      if (job.occasion === "rise") return job;
      const [members, on] = [job.view.members, job.view.on].map((some) =>
        some.map((member) => valued(member, values)),
      );
      return { ...job, view: { ...job.view, members: members ?? [], on: on ?? [] } };
    });
  }

  /** Sends jobs and what becomes due meanwhile. Answers with the errors, and with how often in a row messages of an incident
   *  have failed. */
  async function deliver(
    jobs: Job[],
    holder: string,
  ): Promise<{ errors: unknown[]; failures: number }> {
    let rest = jobs;
    for (let round = 1; rest.length > 0; round += 1) {
      const outcomes = await Promise.all((await withCurrentValues(rest)).map(attempt));
      const errors = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
      try {
        const after = await board.change((before) => {
          const completed = complete(before, outcomes, holder);
          const failures = Math.max(0, ...completed.incidents.map((incident) => incident.failures));
          const isLast = errors.length > 0 || round === mostRounds;
          const taken = isLast ? { board: completed, result: [] } : take(completed, holder);
          return { board: taken.board, result: { jobs: taken.result, failures } };
        });
        if (errors.length > 0) return { errors, failures: after.failures };
        rest = after.jobs;
      } catch (error) {
        // It is sent again when the lease has run out: twice is better than never.
        log({ level: "error", msg: "what was sent is not recorded", error: String(error) });
        return { errors, failures: failedCalls.from };
      }
    }
    return { errors: [], failures: 0 };
  }

  /** Without the board, each notice is a message of its own. */
  async function sendAlone(notice: AlarmNotice): Promise<unknown[]> {
    const { result } = take(record(emptyBoard, notice, momentOf(emptyBoard)), randomUUID());
    const outcomes = await Promise.all((await withCurrentValues(result)).map(attempt));
    return outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
  }

  /** Whether the critical alarm of a warning's measure is about to fire. If that cannot be read, the warning does not wait. */
  async function criticalIsNear({ name, state, value }: AlarmNotice): Promise<boolean> {
    const critical = criticalOf(name);
    if (state !== "ALARM" || critical === undefined) return false;
    try {
      const [alarm] = await alarms.named([critical]);
      return alarm !== undefined && (alarm.state === "ALARM" || isPast(value, alarm.facts));
    } catch (error) {
      log({ level: "warn", msg: "cannot read an alarm", name: critical, error: String(error) });
      return false;
    }
  }

  async function onAlarm(notice: AlarmNotice): Promise<unknown[]> {
    const waits = await criticalIsNear(notice);
    const holder = randomUUID();
    let jobs: Job[];
    try {
      jobs = await board.change((before) =>
        take(record(before, notice, momentOf(before), { waits }), holder),
      );
    } catch (error) {
      log({ level: "error", msg: "the incidents are out of reach", error: String(error) });
      return sendAlone(notice);
    }
    log({ level: "info", msg: "recorded", alarm: notice.name, state: notice.state });
    return (await deliver(jobs, holder)).errors;
  }

  async function onText(severity: Severity, subject: string, text: string): Promise<unknown[]> {
    const interested = channels.filter(({ interest }) => interest.severities.includes(severity));
    const sent = await Promise.allSettled(
      interested.map((channel) => channel.send(textReport(subject, text))),
    );
    return sent.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  }

  async function onMessages({ Records }: SnsEvent): Promise<void> {
    const errors: unknown[] = [];
    for (const { Sns } of Records) {
      const severity = Sns.TopicArn === parts.topics.alarms.warning ? "warning" : "critical";
      const subject = Sns.Subject ?? undefined;
      const notice = readNotice({ subject, body: Sns.Message }, severity, parts.now());
      errors.push(
        ...(notice.kind === "alarm"
          ? await onAlarm(notice)
          : await onText(severity, notice.subject, notice.text)),
      );
    }
    throwAny(errors);
  }

  /** How the alarms are now. So an alarm whose notice was lost, or that the board has lost, is told too. */
  async function look(): Promise<{ notices: AlarmNotice[]; deadLetters: string[] }> {
    const recorded = await board.change((before) => ({ board: before, result: before }));
    const on = await alarms.on();
    const names = new Set(on.map(({ name }) => name));
    const members = recorded.incidents.flatMap((incident) => Object.values(incident.members));
    const gone = members.filter((member) => member.on && !names.has(member.facts.name));
    const found = await alarms.named(gone.map(({ facts }) => facts.name));
    const deleted = gone.filter(({ facts }) => !found.some(({ name }) => name === facts.name));
    const old = [...on, ...found].filter(({ since }) => since <= parts.now() - noticeArrivesMs);
    const ended = deleted.map(({ facts, direct }): AlarmNotice => ({
      kind: "alarm",
      name: facts.name,
      facts,
      state: "OK",
      previousState: "ALARM",
      value: undefined,
      since: parts.now(),
      direct,
    }));
    return { notices: [...old, ...ended], deadLetters: [...names].filter(isOnDeadLetters) };
  }

  async function onTick(): Promise<void> {
    const errors: unknown[] = [];
    const { notices, deadLetters } = await look().catch((error: unknown) => {
      errors.push(error);
      return { notices: [], deadLetters: [] };
    });
    const holder = randomUUID();
    const values = await valuesOf(deadLetters);
    const jobs = await board.change((before) => {
      if (before.incidents.length === 0 && notices.length === 0) {
        return { board: before, result: [] };
      }
      const ticked = { ...before, minute: before.minute + 1 };
      const now = momentOf(ticked);
      const seen = notices.reduce((after, notice) => record(after, notice, now), ticked);
      return take(forget(withValues(seen, values), now), holder, true);
    });
    const delivered = await deliver(jobs, holder);
    const { from, to } = failedCalls;
    if (delivered.failures >= from && delivered.failures <= to) errors.push(...delivered.errors);
    throwAny(errors);
  }

  return (event: NotifierEvent): Promise<void> =>
    "Records" in event ? onMessages(event) : onTick();
}

function throwAny(errors: readonly unknown[]): void {
  if (errors.length === 0) return;
  const texts = errors.map((error) => (error instanceof Error ? error.message : String(error)));
  throw new Error([...new Set(texts)].join("; "));
}
