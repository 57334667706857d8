import { attemptLogMessages, doneLogMessages } from "../../contracts/attempt-log-messages";
import type { LoadTestLine } from "../../contracts/load-test";

interface Outcome {
  /** When the message was sent first. A copy of it was sent later. Milliseconds since 1970, as all times here. */
  sentAt: number;
  doneAt: number | undefined;
  /** When its last attempt failed. */
  lostAt: number | undefined;
}

const { failed, failedForTheLastTime, sentAgain } = attemptLogMessages;
const failures: readonly string[] = [failed, failedForTheLastTime, sentAgain];

/** What became of the messages of a run, as the log says. */
export class Outcomes {
  private readonly byNumber = new Map<number, Outcome>();
  /** First line of the reason -> failed attempts. */
  readonly reasons = new Map<string, number>();
  failedAttempts = 0;

  add(lines: readonly LoadTestLine[]): void {
    for (const { loadTestMessage, sentAt, time, msg, reason = "" } of lines) {
      const isDone = doneLogMessages.includes(msg);
      if (!isDone && !failures.includes(msg)) continue;
      const at = Date.parse(time);
      const sent = Date.parse(sentAt);
      const known = this.byNumber.get(loadTestMessage);
      const outcome = known ?? { sentAt: sent, doneAt: undefined, lostAt: undefined };
      this.byNumber.set(loadTestMessage, outcome);
      outcome.sentAt = Math.min(outcome.sentAt, sent);
      if (isDone) outcome.doneAt = Math.min(outcome.doneAt ?? at, at);
      else this.countFailure(reason);
      if (msg === failedForTheLastTime) outcome.lostAt = at;
    }
  }

  /** Whether the log says anything of the run. */
  get isSilent(): boolean {
    return this.byNumber.size === 0;
  }

  get done(): number[] {
    return this.numbersWith(({ doneAt }) => doneAt !== undefined);
  }

  /** Whose attempts are used up. They are dead-lettered, or will be. */
  get lost(): number[] {
    return this.numbersWith(({ lostAt, doneAt }) => lostAt !== undefined && doneAt === undefined);
  }

  get firstSentAt(): number {
    return Math.min(...[...this.byNumber.values()].map(({ sentAt }) => sentAt));
  }

  /** When the last message that ended did so. */
  get lastEndAt(): number {
    return Math.max(
      ...[...this.byNumber.values()].flatMap(({ doneAt, lostAt }) => doneAt ?? lostAt ?? []),
    );
  }

  /** From sending to done, of every message that is done. Seconds. */
  latencies(isCounted: (number: number) => boolean = () => true): number[] {
    return [...this.byNumber].flatMap(([number, { sentAt, doneAt }]) =>
      doneAt === undefined || !isCounted(number) ? [] : [Math.max(0, doneAt - sentAt) / 1000],
    );
  }

  private numbersWith(condition: (outcome: Outcome) => boolean): number[] {
    return [...this.byNumber].flatMap(([number, outcome]) => (condition(outcome) ? [number] : []));
  }

  private countFailure(reason: string): void {
    this.failedAttempts += 1;
    const [first = ""] = reason.split("\n");
    const short = first.slice(0, 120);
    this.reasons.set(short, (this.reasons.get(short) ?? 0) + 1);
  }
}
