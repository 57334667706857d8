import type { BackPressuredWorkers } from "../../../contracts/back-pressure";
import { backOffSeconds } from "../../../worker/lambda/back-off";
import { url, World } from "./world";

/** How the API fails during the stall, and whether its probe is answered nevertheless. */
export type Stall = "hangs" | "work hangs, probe answers" | "answers 500, probe answers";

export interface StallSettings {
  stall: Stall;
  stallMinutes: number;
  concurrency: number;
  messages: number;
  maxReceiveCount: number;
  /** Seconds until a disabled mapping delivers nothing more, and an enabled one delivers. */
  disablingSeconds: number;
  isFifo?: boolean;
  /** Whether anybody pauses the worker. Default true. */
  hasBackPressure?: boolean;
}

interface Message {
  group: number;
  visibleAt: number;
  receives: number;
  /** Of all copies, during the stall. */
  mostReceives: number;
  state: "waiting" | "in work" | "done" | "dead";
}

/** Production's numbers. */
const batchSize = 10;
const apiTimeoutSeconds = 50;
const apiSeconds = 0.2;
const firstBackOffSeconds = 30;
const devices = 20;

/** A queue, a worker and its API, second by second: what SQS and Lambda do, with the real breaker and the real back-off.
 *  The API fails for a while from the first second. */
export class StalledSystem {
  readonly messages: Message[];
  /** Seconds. */
  now = 0;
  workedAgainAt: number | undefined;
  trials = 0;
  private readonly world: World;
  private readonly calls: { end: number; taken: Message[] }[] = [];
  private delivers = true;
  private changes: { at: number; delivers: boolean }[] = [];

  constructor(private readonly settings: StallSettings) {
    const { concurrency, messages } = settings;
    const probe = {
      url: "https://api.example.com/async-process",
      method: "POST" as const,
      expected: [422],
      timeoutSeconds: 10,
    };
    const mappings = [
      {
        uuid: "m",
        queueUrl: url(settings.isFifo === true ? "q.fifo" : "q"),
        maximumConcurrency: concurrency,
        after: [],
        standby: false,
      },
    ];
    this.world = new World({ worker: { mappings, probe } } satisfies BackPressuredWorkers);
    this.messages = Array.from({ length: messages }, (_, index) => ({
      group: index % devices,
      visibleAt: 0,
      receives: 0,
      mostReceives: 0,
      state: "waiting",
    }));
  }

  async run(minutes: number): Promise<void> {
    for (; this.now < minutes * 60; this.now += 1) {
      this.world.time = this.now / 60;
      this.world.apiAnswers = !this.isStalled || this.settings.stall !== "hangs";
      await this.endCalls();
      this.applyChanges();
      // Scheduler calls some time within the minute.
      if (this.now % 60 === 30) await this.control(() => this.world.call({ tick: true }));
      this.receive();
    }
  }

  count(state: Message["state"]): number {
    return this.messages.filter((message) => message.state === state).length;
  }

  get mostReceives(): number {
    return Math.max(...this.messages.map(({ mostReceives }) => mostReceives));
  }

  get touched(): number {
    return this.messages.filter(({ mostReceives }) => mostReceives > 0).length;
  }

  private get isStalled(): boolean {
    return this.now < this.settings.stallMinutes * 60;
  }

  /** Calls back-pressure, and notes what it changed, which Lambda does later. */
  private async control(call: () => Promise<void>): Promise<void> {
    if (this.settings.hasBackPressure === false) return;
    const before = this.world.updates.length;
    await call();
    for (const { enabled } of this.world.updates.slice(before)) {
      if (enabled === undefined) continue;
      if (enabled && this.isStalled) this.trials += 1;
      this.changes.push({ at: this.now + this.settings.disablingSeconds, delivers: enabled });
    }
  }

  private applyChanges(): void {
    for (const { at, delivers } of this.changes) if (at <= this.now) this.delivers = delivers;
    this.changes = this.changes.filter(({ at }) => at > this.now);
  }

  private receive(): void {
    const limit = this.world.mapping("m").maximumConcurrency ?? 0;
    while (this.delivers && this.calls.length < limit) {
      const taken = this.take();
      if (taken.length === 0) return;
      const takes = !this.isStalled
        ? apiSeconds
        : this.settings.stall === "answers 500, probe answers"
          ? apiSeconds
          : apiTimeoutSeconds;
      this.calls.push({ end: this.now + takes, taken });
    }
  }

  private take(): Message[] {
    const taken: Message[] = [];
    const blocked = new Set<number>();
    for (const message of this.messages) {
      if (taken.length === batchSize) break;
      if (message.state === "done" || message.state === "dead") continue;
      if (this.settings.isFifo === true && blocked.has(message.group)) continue;
      if (message.state === "in work" || message.visibleAt > this.now) {
        blocked.add(message.group);
        continue;
      }
      message.receives += 1;
      if (this.isStalled) message.mostReceives = Math.max(message.mostReceives, message.receives);
      if (message.receives > this.settings.maxReceiveCount) {
        message.state = "dead";
        continue;
      }
      message.state = "in work";
      taken.push(message);
    }
    return taken;
  }

  private async endCalls(): Promise<void> {
    const ended = this.calls.filter(({ end }) => end <= this.now);
    for (const call of ended) {
      this.calls.splice(this.calls.indexOf(call), 1);
      const failedGroups = new Set<number>();
      for (const message of call.taken) {
        const isSkipped = this.settings.isFifo === true && failedGroups.has(message.group);
        if (!isSkipped && !this.isStalled) {
          message.state = "done";
          this.workedAgainAt ??= this.now;
          this.world.workerSucceeds("worker");
          continue;
        }
        failedGroups.add(message.group);
        await this.fail(message, isSkipped);
      }
    }
  }

  private async fail(message: Message, isSkipped: boolean): Promise<void> {
    const { maxReceiveCount, isFifo = false } = this.settings;
    const wait = backOffSeconds({
      receiveCount: message.receives,
      firstSeconds: firstBackOffSeconds,
      isOutage: true,
    });
    message.state = "waiting";
    message.visibleAt = this.now + wait;
    const isLast = message.receives >= maxReceiveCount;
    // The worker sends a copy in its place.
    if (isLast && !isFifo && this.settings.hasBackPressure !== false) message.receives = 0;
    if (isSkipped) return;
    const reason = this.world.workerFails("worker");
    const isLastChance = isFifo && message.receives >= maxReceiveCount - 1;
    if (reason !== undefined || isLastChance)
      await this.control(() => this.world.call({ pause: "worker", reason: reason ?? "504" }));
  }
}
