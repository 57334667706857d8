import type { ApiProbe } from "../../../contracts/api-probe";
import type { LogEntry } from "../../function/handler-parts";
import type { Answer } from "../ask-api";
import {
  decide,
  isUntold,
  withoutOld,
  type History,
  type Outcome,
  type RestartLimits,
  type Try,
} from "./history";

export interface Revised {
  history: History;
  /** Counts the writes. 0: there is nothing yet. */
  revision: number;
}

/** The histories by API, which other calls of this function read and write at the same time. */
export interface Histories {
  read(api: string): Promise<Revised>;
  /** Undefined if another call has written since `before` was read. */
  write(api: string, before: Revised, history: History): Promise<Revised | undefined>;
}

export interface RestartedApi {
  /** Name of the alarm on its work path. */
  alarm: string;
  container: string;
  /** Asked right before a restart: an alarm is also on while no probe reports, and then nothing needs a restart. */
  workPath?: ApiProbe;
}

export interface GaveUp {
  api: string;
  container: string;
  because: string;
  tries: Try[];
}

export interface RestartParts {
  apis: Record<string, RestartedApi>;
  limits: RestartLimits;
  histories: Histories;
  /** The states of alarms by their names. */
  alarmStates: (names: string[]) => Promise<Record<string, string>>;
  ask: (probe: ApiProbe) => Promise<Answer>;
  /** Returns the command's id. */
  restart: (container: string) => Promise<string>;
  /** Undefined: the command has not ended. */
  outcomeOf: (commandId: string) => Promise<Outcome | undefined>;
  publish: (gaveUp: GaveUp) => Promise<void>;
  log: (entry: LogEntry) => void;
  now: () => Date;
}

/** More calls at the same time do not happen: one by the alarm, one by the schedule, and their repetitions. */
const mostAttempts = 10;

/** Restarts the containers of APIs whose work path fails, a few times, and then hands over to people. Rejects if an API
 *  could not be looked after; the others were. */
export function createRestarts(parts: RestartParts) {
  const { apis, limits, histories, log } = parts;

  /** Writes a change of the newest history. `change` returns undefined if there is nothing to change. */
  async function change(
    api: string,
    how: (history: History) => History | undefined,
  ): Promise<History | undefined> {
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const before = await histories.read(api);
      const after = how(withoutOld(before.history, parts.now(), limits));
      if (after === undefined) return undefined;
      const written = await histories.write(api, before, after);
      if (written !== undefined) return written.history;
    }
    throw new Error(
      `The history of "${api}" was written by others ${mostAttempts} times in a row.`,
    );
  }

  const recent = async (api: string): Promise<History> =>
    withoutOld((await histories.read(api)).history, parts.now(), limits);

  const changeTry = (api: string, at: string, what: Partial<Try>) =>
    change(api, (history) => ({
      ...history,
      tries: history.tries.map((one) => (one.at === at ? { ...one, ...what } : one)),
    }));

  /** Looks how the last command ended, if that is not known yet. */
  async function noteOutcome(api: string): Promise<void> {
    const last = (await recent(api)).tries.at(-1);
    if (last?.commandId === undefined || last.outcome !== undefined) return;
    const outcome = await parts.outcomeOf(last.commandId);
    if (outcome === undefined) return;
    await changeTry(api, last.at, { outcome });
    const { ok, text } = outcome;
    log({ level: ok ? "info" : "error", msg: ok ? "restarted" : "the restart failed", api, text });
  }

  async function act(api: string, container: string): Promise<void> {
    const decision = decide(await recent(api), parts.now(), limits);
    if (decision.do === "wait") {
      log({ level: "info", msg: "no restart", api, because: decision.because });
    } else if (decision.do === "give up") {
      await giveUp(api);
    } else if (!(await restart(api, container))) {
      // The command could not be sent: the next decision is about that.
      await act(api, container);
    }
  }

  /** Resolves to false if the command could not be sent. */
  async function restart(api: string, container: string): Promise<boolean> {
    const at = parts.now().toISOString();
    const reserved = await change(api, (history) =>
      decide(history, parts.now(), limits).do === "restart"
        ? { ...history, tries: [...history.tries, { at }] }
        : undefined,
    );
    if (reserved === undefined) {
      log({ level: "info", msg: "no restart", api, because: "another call restarts it" });
      return true;
    }
    const number = reserved.tries.length;
    try {
      const commandId = await parts.restart(container);
      await changeTry(api, at, { commandId });
      log({ level: "warn", msg: "restart command sent", api, container, number, commandId });
      return true;
    } catch (error) {
      const text = `the command could not be sent: ${String(error)}`;
      await changeTry(api, at, { outcome: { ok: false, text } });
      log({ level: "error", msg: "the restart failed", api, text });
      return false;
    }
  }

  async function giveUp(api: string): Promise<void> {
    const now = parts.now();
    await change(api, (history) => {
      const decision = decide(history, now, limits);
      if (decision.do !== "give up") return undefined;
      log({ level: "error", msg: "gave up", api, because: decision.because });
      return { ...history, gaveUp: { at: now.toISOString(), because: decision.because } };
    });
  }

  /** Publishes one message for each time it gave up. If publishing fails, a later call does it. */
  async function tell(api: string, { container }: RestartedApi): Promise<void> {
    const claimed = await change(api, (history) =>
      history.gaveUp !== undefined && isUntold(history, parts.now())
        ? { ...history, gaveUp: { ...history.gaveUp, claimedAt: parts.now().toISOString() } }
        : undefined,
    );
    if (claimed?.gaveUp === undefined) return;
    const { because } = claimed.gaveUp;
    await parts.publish({ api, container, because, tries: claimed.tries });
    await change(
      api,
      (history) =>
        history.gaveUp && {
          ...history,
          gaveUp: { ...history.gaveUp, toldAt: parts.now().toISOString() },
        },
    );
  }

  async function look(api: string, restarted: RestartedApi, state: string | undefined) {
    await noteOutcome(api);
    if (state === undefined)
      throw new Error(`The alarm ${restarted.alarm} does not exist, so ${api} is not restarted.`);
    if (state === "ALARM") {
      const answer = restarted.workPath && (await parts.ask(restarted.workPath));
      if (answer?.ok === true)
        log({ level: "info", msg: "no restart", api, because: "its work path answers" });
      else await act(api, restarted.container);
    }
    await tell(api, restarted);
  }

  return async (): Promise<void> => {
    const states = await parts.alarmStates(Object.values(apis).map(({ alarm }) => alarm));
    const outcomes = await Promise.allSettled(
      Object.entries(apis).map(([api, restarted]) => look(api, restarted, states[restarted.alarm])),
    );
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as unknown] : [],
    );
    // Lambda reports only the message.
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("; "));
  };
}
