import type { ApiProbe } from "../../../contracts/api-probe";
import {
  createRestarts,
  type GaveUp,
  type Histories,
  type Revised,
} from "../../../components/health/restart/restarts";
import type { History, Outcome, RestartLimits } from "../../../components/health/restart/history";

const limits: RestartLimits = { cooldownMinutes: 10, tries: 3, windowHours: 6 };

const workPath: ApiProbe = {
  url: "https://api.example.com/async-process",
  method: "POST",
  expected: [422],
  timeoutSeconds: 10,
};

/** The state table, CloudWatch, Systems Manager and SNS, in memory. */
export class RestartsWorld implements Histories {
  private stored: Revised | undefined;
  alarm: string | undefined = "ALARM";
  /** Undefined: it is not asked. */
  workPathAnswers: boolean | undefined;
  /** Minutes. */
  time = 0;
  readonly sent: number[] = [];
  readonly published: GaveUp[] = [];
  readonly log: Record<string, unknown>[] = [];
  outcome: Outcome | undefined = { ok: true, text: "Success on i-1" };
  /** Awaited before each effect, so that a test can order or fail them. */
  effect: (name: string) => Promise<void> = () => Promise.resolve();

  get history(): History {
    return this.stored?.history ?? { tries: [] };
  }

  forget(): void {
    this.stored = undefined;
  }

  call(): Promise<void> {
    return createRestarts({
      apis: {
        behavior: {
          alarm: "behavior-work-path",
          container: "behavior-api",
          ...(this.workPathAnswers !== undefined && { workPath }),
        },
      },
      limits,
      histories: this,
      alarmStates: () => {
        const states: Record<string, string> = {};
        if (this.alarm !== undefined) states["behavior-work-path"] = this.alarm;
        return Promise.resolve(states);
      },
      ask: () => Promise.resolve({ ok: this.workPathAnswers === true, milliseconds: 1 }),
      restart: async () => {
        await this.effect("send");
        this.sent.push(this.time);
        return `command-${this.sent.length}`;
      },
      outcomeOf: async () => {
        await this.effect("outcome");
        return this.outcome;
      },
      publish: async (gaveUp) => {
        await this.effect("publish");
        this.published.push(gaveUp);
      },
      log: (entry) => this.log.push(entry),
      now: () => this.now,
    })();
  }

  /** Calls as the schedule does. */
  async pass(minutes: number): Promise<void> {
    const end = this.time + minutes;
    while (this.time < end) {
      this.time += 5;
      await this.call();
    }
  }

  get now(): Date {
    return new Date(Date.UTC(2026, 10, 21) + this.time * 60_000);
  }

  async read(): Promise<Revised> {
    await this.effect("read");
    return structuredClone(this.stored ?? { history: { tries: [] }, revision: 0 });
  }

  async write(_: string, before: Revised, history: History): Promise<Revised | undefined> {
    await this.effect("write");
    if ((this.stored?.revision ?? 0) !== before.revision) return undefined;
    this.stored = structuredClone({ history, revision: before.revision + 1 });
    return structuredClone(this.stored);
  }
}
