import { randomUUID } from "node:crypto";
import {
  backPressureCallSchema,
  type BackPressureCall,
  type BackPressuredWorkers,
} from "../../../contracts/back-pressure";
import type { ApiProbe } from "../../../contracts/api-probe";
import type { LogEntry } from "../../function/handler-parts";
import type { Answer } from "../../health/ask-api";
import { hasStopped, planMapping, type LiveMapping, type MappingUpdate, type Plan } from "./plan";
import {
  asksForLevels,
  asksForProbe,
  beginDrains,
  countDrains,
  isDrained,
  isPaused,
  ownQueue,
  sameRecord,
  step,
  type GuardedBreaker,
} from "./step";

/** The breakers of the workers, which other calls of this function read and write at the same time. */
export interface Breakers {
  read(worker: string): Promise<GuardedBreaker>;
  /** Returns what was written; undefined if another call has written since `before` was read. */
  write(
    worker: string,
    before: GuardedBreaker,
    after: GuardedBreaker,
  ): Promise<GuardedBreaker | undefined>;
}

export interface Mappings {
  /** Undefined if there is none with this UUID. */
  read(uuid: string): Promise<LiveMapping | undefined>;
  /** "busy": Lambda is still at an earlier update of it. */
  update(uuid: string, update: MappingUpdate): Promise<"accepted" | "busy">;
}

export interface BackPressureParts {
  workers: BackPressuredWorkers;
  breakers: Breakers;
  mappings: Mappings;
  /** Messages in a queue: waiting, in flight and delayed. */
  countMessages: (queueUrl: string) => Promise<number>;
  /** The same by the queue's name; 0 if there is none. */
  countMessagesByName: (queueName: string) => Promise<number>;
  ask: (probe: ApiProbe) => Promise<Answer>;
  report: (worker: string, values: { paused: boolean; disabled: boolean }) => void;
  wait: (ms: number) => Promise<void>;
  log: (entry: LogEntry) => void;
  now: () => Date;
}

type Worker = BackPressuredWorkers[string];

interface Planned {
  uuid: string;
  plan: Plan;
}

interface Reconciled {
  breaker: GuardedBreaker;
  /** UUIDs of the mappings. */
  disabledByOthers: string[];
}

const said = { open: "work paused", "half-open": "trial begins", closed: "work resumed" } as const;

/** Several calls at a time are usual: each of a worker's calls that fails asks for a pause. */
const mostAttempts = 30;

/** How long an update waits until mappings are disabled. */
const mostSettleSeconds = 30;

/** Longer than a call of this function may take, and over before the next tick. Seconds. */
export const leaseSeconds = 50;

/** Pauses the mappings of workers whose API fails, and lets them work again. Rejects if a worker could not be looked after;
 *  the others were. */
export function createBackPressure(parts: BackPressureParts) {
  const { workers, breakers, mappings, log } = parts;

  /** Writes a change of the newest breaker. */
  async function change(key: string, how: (breaker: GuardedBreaker) => GuardedBreaker) {
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const before = await breakers.read(key);
      const after = how(before);
      if (after === before) return;
      if ((await breakers.write(key, before, after)) !== undefined)
        return logStep(key, before, after);
    }
    throw writtenByOthers(key);
  }

  async function pause(key: string, worker: Worker, reason: string): Promise<void> {
    await change(key, (breaker) => step(breaker, { pause: reason }, parts.now()));
    await reconcile(key, worker);
  }

  /** Rejects if a mapping that must wait is not disabled in time. A mapping that works on messages while nothing is before
   *  them goes on: its queue was in use before, and no producer is about to begin sending to it. */
  async function settle(key: string, worker: Worker): Promise<void> {
    const waiting = worker.mappings.filter(({ after }) => after.length > 0);
    const mustStop = await Promise.all(
      waiting.map(async ({ queueUrl, after }) => {
        const [isUnused, isFirst] = await Promise.all([areEmpty([queueUrl]), areEmpty(after)]);
        return isUnused || !isFirst;
      }),
    );
    const stopped = waiting.filter((_, index) => mustStop[index]).map(({ uuid }) => uuid);
    await change(key, (breaker) =>
      beginDrains(breaker, { waiting: waiting.map(({ uuid }) => uuid), stopped }),
    );
    for (let attempt = 1; attempt <= mostSettleSeconds; attempt += 1) {
      const { breaker } = await reconcile(key, worker);
      const live = await Promise.all(
        stopped.filter((uuid) => !isDrained(breaker, uuid)).map((uuid) => mappings.read(uuid)),
      );
      if (live.every(hasStopped)) return;
      await parts.wait(1000);
    }
    throw new Error(
      `A mapping of "${key}" that must wait for other queues is not disabled after ${mostSettleSeconds} s; run the update again.`,
    );
  }

  async function tick(key: string, worker: Worker): Promise<void> {
    const before = await breakers.read(key);
    const after = await afterTick(key, worker, before);
    // If another call has written meanwhile, what was seen here is out of date. The next tick sees more.
    if (after !== before && (await breakers.write(key, before, after)) !== undefined)
      logStep(key, before, after);
    const { breaker, disabledByOthers } = await reconcile(key, worker);
    for (const uuid of disabledByOthers)
      log({ level: "warn", msg: "mapping disabled by others", worker: key, uuid });
    parts.report(key, { paused: isPaused(breaker), disabled: disabledByOthers.length > 0 });
  }

  async function afterTick(
    key: string,
    worker: Worker,
    before: GuardedBreaker,
  ): Promise<GuardedBreaker> {
    const [live, empty] = await Promise.all([
      Promise.all(worker.mappings.map(({ uuid }) => mappings.read(uuid))),
      emptyBefore(worker, before),
    ]);
    const stopped = live.every(hasStopped);
    const kind = worker.mappings.some(({ queueUrl }) => queueUrl.endsWith(".fifo"))
      ? ("fifo" as const)
      : ("standard" as const);
    const [answer, idle] = await Promise.all([
      worker.probe !== undefined && asksForProbe(before, { kind, stopped })
        ? parts.ask(worker.probe)
        : undefined,
      asksForLevels(before) ? areEmpty(worker.mappings.map(({ queueUrl }) => queueUrl)) : false,
    ]);
    if (answer?.ok === false)
      log({ level: "info", msg: "the work path does not answer", worker: key, ...answer });
    const seen = { kind, stopped, answered: answer?.ok, idle };
    const after = step(before, { tick: seen }, parts.now());
    return countDrains(after, empty);
  }

  /** By mapping that waits for other queues, whether they are empty; and whether the own queue is of one that stands by. */
  async function emptyBefore(
    worker: Worker,
    breaker: GuardedBreaker,
  ): Promise<Record<string, boolean>> {
    const waiting = worker.mappings.filter(({ after }) => after.length > 0);
    const standingBy = worker.mappings.filter(({ standby }) => standby);
    return Object.fromEntries(
      await Promise.all([
        ...waiting.map(
          async ({ uuid, after }) =>
            [uuid, isDrained(breaker, uuid) || (await areEmpty(after))] as const,
        ),
        ...standingBy.map(
          async ({ uuid, queueUrl }) => [ownQueue(uuid), await areEmpty([queueUrl])] as const,
        ),
      ]),
    );
  }

  const areEmpty = async (queueUrls: string[]): Promise<boolean> =>
    (await Promise.all(queueUrls.map(parts.countMessages))).every((count) => count === 0);

  /** Brings the mappings into the state that the breaker wants. If another call changes the breaker meanwhile, again. What
   *  Lambda refuses for now is left to the next tick. */
  async function reconcile(key: string, worker: Worker): Promise<Reconciled> {
    const holder = randomUUID();
    for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
      const outcome = await reconcileOnce(key, worker, holder);
      if (outcome !== undefined) return outcome;
    }
    throw writtenByOthers(key);
  }

  /** Undefined: another call has changed the breaker meanwhile. */
  async function reconcileOnce(
    key: string,
    worker: Worker,
    holder: string,
  ): Promise<Reconciled | undefined> {
    const read = await breakers.read(key);
    const { lease } = read;
    const isOurs = lease?.holder === holder;
    if (lease !== undefined && !isOurs && new Date(lease.until) > parts.now())
      return { breaker: read, disabledByOthers: [] };
    const planned = await Promise.all(
      worker.mappings.map(async (mapping) => ({
        uuid: mapping.uuid,
        plan: planMapping(read, mapping, await mappings.read(mapping.uuid)),
      })),
    );
    const disabledByOthers = planned
      .filter(({ plan }) => plan.disabledByOthers)
      .map(({ uuid }) => uuid);
    const before = marksOf(planned, ({ plan }) => plan.before);
    const isDone = planned.every(({ plan }) => plan.update === undefined);
    if (isDone && !isOurs && sameRecord(before, read.mappings))
      return { breaker: read, disabledByOthers };
    const until = new Date(parts.now().getTime() + leaseSeconds * 1000).toISOString();
    const leased = await breakers.write(key, read, {
      ...read,
      mappings: before,
      lease: { holder, until },
    });
    if (leased === undefined) return undefined;
    const busy = await update(key, planned);
    // What was refused was not done: if it is disabled later, somebody else did it.
    const breaker = await breakers.write(key, leased, {
      ...leased,
      mappings: marksOf(planned, ({ uuid, plan }) =>
        busy.has(uuid) ? read.mappings[uuid] : plan.after,
      ),
      lease: undefined,
    });
    return breaker && { breaker, disabledByOthers };
  }

  /** Returns the mappings that Lambda refuses to update for now. */
  async function update(worker: string, planned: Planned[]): Promise<Set<string>> {
    const busy = new Set<string>();
    for (const { uuid, plan } of planned) {
      if (plan.update === undefined) continue;
      const outcome = await mappings.update(uuid, plan.update);
      log({ level: "info", msg: `mapping update ${outcome}`, worker, uuid, ...plan.update });
      if (outcome === "busy") busy.add(uuid);
    }
    return busy;
  }

  function logStep(worker: string, before: GuardedBreaker, after: GuardedBreaker): void {
    if (before.state === after.state) return;
    const { state, reason, failedTrials } = after;
    const level = state === "open" ? "warn" : "info";
    log({ level, msg: said[state], worker, reason, failedTrials });
  }

  async function assertEmpty(queueNames: readonly string[]): Promise<void> {
    const counted = await Promise.all(
      queueNames.map(async (name) => ({ name, count: await parts.countMessagesByName(name) })),
    );
    const full = counted.filter(({ count }) => count > 0);
    if (full.length === 0) return;
    throw new Error(
      `Not deleted, because messages would be lost: ${full.map(({ name, count }) => `${name} has ${count}`).join(", ")}. ` +
        "Go back one stage, wait until the queue is drained and redrive or archive its dead letters, then try again.",
    );
  }

  return async (event: BackPressureCall): Promise<void> => {
    const call = backPressureCallSchema.parse(event);
    if ("mustBeEmpty" in call) return assertEmpty(call.mustBeEmpty);
    if ("pause" in call) {
      const worker = workers[call.pause];
      if (worker === undefined) {
        throw new Error(
          `There is no worker "${call.pause}"; there are ${Object.keys(workers).join(", ")}.`,
        );
      }
      return pause(call.pause, worker, call.reason);
    }
    const each = "settle" in call ? settle : tick;
    const outcomes = await Promise.allSettled(
      Object.entries(workers).map(([key, worker]) => each(key, worker)),
    );
    const failures = outcomes.flatMap((outcome) =>
      outcome.status === "rejected" ? [outcome.reason as unknown] : [],
    );
    // Lambda reports only the message.
    if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join("; "));
  };
}

const writtenByOthers = (worker: string): Error =>
  new Error(`The breaker of "${worker}" was written by others ${mostAttempts} times in a row.`);

/** What is remembered of the mappings. Those that are not configured any more are forgotten. */
const marksOf = (
  planned: Planned[],
  markOf: (planned: Planned) => Plan["before"],
): GuardedBreaker["mappings"] =>
  Object.fromEntries(
    planned.flatMap((one) => {
      const mark = markOf(one);
      return mark === undefined ? [] : [[one.uuid, mark] as const];
    }),
  );
