import {
  failureLimit,
  type BackPressureCall,
  type BackPressuredWorkers,
} from "../../../contracts/back-pressure";
import {
  createBackPressure,
  type Breakers,
} from "../../../components/back-pressure/breaker/back-pressure";
import type { LiveMapping, MappingUpdate } from "../../../components/back-pressure/breaker/plan";
import {
  guardedBreakerSchema,
  isDrained,
  type GuardedBreaker,
} from "../../../components/back-pressure/breaker/step";

export const url = (queue: string) => `https://sqs.example.com/1/${queue}`;

const probe = {
  url: "https://api.example.com/async-process",
  method: "POST" as const,
  body: "{}",
  expected: [422],
  timeoutSeconds: 10,
};

/** A worker of at most ten calls at a time, and one whose queue must wait for another. */
export const workers: BackPressuredWorkers = {
  asr: {
    mappings: [
      { uuid: "asr-1", queueUrl: url("asr"), maximumConcurrency: 10, after: [], standby: false },
    ],
    probe,
  },
  sed: {
    mappings: [
      { uuid: "sed-1", queueUrl: url("sed"), maximumConcurrency: 2, after: [], standby: false },
      {
        uuid: "sed-2",
        queueUrl: url("sed-v2"),
        maximumConcurrency: 2,
        after: [url("sed")],
        standby: false,
      },
    ],
    probe,
  },
};

interface Mapping extends LiveMapping {
  /** Whether a person disabled it, and did not enable it since. */
  disabledByHand: boolean;
}

/** Lambda, the state table, the queues, the API and the workers, in memory. */
export class World implements Breakers {
  readonly breakers: Record<string, GuardedBreaker> = {};
  readonly mappings: Record<string, Mapping> = {};
  readonly messages: Record<string, number> = {};
  readonly updates: ({ uuid: string } & MappingUpdate)[] = [];
  readonly reports: Record<string, { paused: boolean; disabled: boolean }> = {};
  readonly log: { msg: string }[] = [];
  apiAnswers = true;
  asked = 0;
  lambdaIsBusy = false;
  /** Minutes. */
  time = 0;
  /** Awaited before each effect, so that a test can order or fail them. */
  effect: (name: string) => Promise<void> = () => Promise.resolve();

  constructor(private readonly configured: BackPressuredWorkers = workers) {
    for (const { mappings } of Object.values(configured)) {
      for (const { uuid, maximumConcurrency, after } of mappings) {
        this.mappings[uuid] = {
          state: after.length === 0 ? "Enabled" : "Disabled",
          maximumConcurrency,
          isProvisioned: false,
          disabledByHand: false,
        };
      }
    }
  }

  call(event: BackPressureCall): Promise<void> {
    return createBackPressure({
      workers: this.configured,
      breakers: this,
      mappings: {
        read: (uuid) => this.readMapping(uuid),
        update: (uuid, update) => this.update(uuid, update),
      },
      countMessages: async (queueUrl) => {
        await this.effect("count");
        return this.messages[queueUrl] ?? 0;
      },
      countMessagesByName: (name) => Promise.resolve(this.messages[name] ?? 0),
      ask: async () => {
        await this.effect("ask");
        this.asked += 1;
        return { ok: this.apiAnswers, milliseconds: 1 };
      },
      report: (worker, values) => (this.reports[worker] = values),
      wait: () => this.effect("wait"),
      log: (entry) => this.log.push(entry),
      now: () => new Date(Date.UTC(2026, 10, 21) + this.time * 60_000),
    })(event);
  }

  async tick(minutes = 1): Promise<void> {
    for (let minute = 0; minute < minutes; minute += 1) {
      this.time += 1;
      await this.call({ tick: true });
    }
  }

  breaker(worker: string): GuardedBreaker {
    return (this.breakers[worker] ??= guardedBreakerSchema.parse({}));
  }

  /** A worker's call of the API fails. Returns the reason with which the worker asks for a pause, if it does. */
  workerFails(worker: string): string | undefined {
    const breaker = this.breaker(worker);
    breaker.failures += 1;
    return breaker.failures >= failureLimit(breaker) ? "504" : undefined;
  }

  workerSucceeds(worker: string): void {
    const breaker = this.breaker(worker);
    if (breaker.failures === 0 && breaker.state === "closed") return;
    breaker.failures = 0;
    breaker.succeededAt = new Date(
      Date.UTC(2026, 10, 21) + this.time * 60_000 + 1000,
    ).toISOString();
  }

  /** A mapping that waits for another queue counts as disabled by back-pressure, whoever did it: it is enabled in the end. */
  disableByHand(uuid: string): void {
    const mapping = this.mapping(uuid);
    if (mapping.state !== "Enabled") return;
    Object.assign(mapping, { state: "Disabled", disabledByHand: !this.waits(uuid) });
  }

  private waits(wanted: string): boolean {
    return Object.entries(this.configured).some(([worker, { mappings }]) =>
      mappings.some(
        ({ uuid, after }) =>
          uuid === wanted && after.length > 0 && !isDrained(this.breaker(worker), uuid),
      ),
    );
  }

  enableByHand(uuid: string): void {
    Object.assign(this.mapping(uuid), { state: "Enabled", disabledByHand: false });
  }

  mapping(uuid: string): Mapping {
    const mapping = this.mappings[uuid];
    if (mapping === undefined) throw new Error(`There is no mapping ${uuid}.`);
    return mapping;
  }

  async read(worker: string): Promise<GuardedBreaker> {
    await this.effect("read");
    return structuredClone(this.breaker(worker));
  }

  async write(worker: string, before: GuardedBreaker, after: GuardedBreaker) {
    await this.effect("write");
    const current = this.breaker(worker);
    if (current.revision !== before.revision) return undefined;
    const { failures, succeededAt } = current;
    this.breakers[worker] = {
      ...structuredClone(after),
      revision: before.revision + 1,
      failures: after.failures === before.failures ? failures : after.failures,
      succeededAt,
    };
    return { ...after, revision: before.revision + 1 };
  }

  updatesOf(wanted: string) {
    return this.updates.filter(({ uuid }) => uuid === wanted);
  }

  async update(uuid: string, update: MappingUpdate): Promise<"accepted" | "busy"> {
    await this.effect("update");
    if (this.lambdaIsBusy) return "busy";
    this.updates.push({ uuid, ...update });
    const mapping = this.mapping(uuid);
    if (update.enabled !== undefined) mapping.state = update.enabled ? "Enabled" : "Disabled";
    if (update.maximumConcurrency === "unlimited") mapping.maximumConcurrency = undefined;
    else if (update.maximumConcurrency !== undefined)
      mapping.maximumConcurrency = update.maximumConcurrency;
    return "accepted";
  }

  private async readMapping(uuid: string): Promise<LiveMapping | undefined> {
    await this.effect("read mapping");
    const mapping = this.mappings[uuid];
    return mapping && { ...mapping };
  }
}
