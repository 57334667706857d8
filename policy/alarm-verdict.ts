import type { PolicyResource } from "@pulumi/policy";
import { actionOf } from "./alarm-actions";
import { notKnown, readNumber, readText } from "./unknown-values";
import type { Watcher } from "./watchers";

/** What is wrong with an alarm that a resource must have, and what is not known yet. */
export class AlarmVerdict {
  readonly label: string;
  readonly faults: string[] = [];
  readonly unknown: string[] = [];

  constructor(private readonly watcher: Watcher) {
    const { alarm, watches, expression } = watcher;
    this.label = `"${alarm.name}"`;
    if (watches.kind === "unknown") this.unknown.push(`${this.label}: ${watches.why}`);
    else if (expression === notKnown) {
      this.unknown.push(`the expression of ${this.label} is not known yet`);
    }
  }

  get isGood(): boolean {
    return this.faults.length + this.unknown.length === 0;
  }

  check(property: string, value: unknown, holds: boolean, rule: string): void {
    if (value === notKnown) this.unknown.push(`${property} of ${this.label} is not known yet`);
    else if (!holds) this.faults.push(`${this.label} has ${property} ${String(value)}, ${rule}`);
  }

  /** It fires when the value rises, and is not always on: counts, ages and rates are never below 0. */
  firesUpwards(): void {
    const comparison = readText(this.watcher.alarm, "comparisonOperator");
    const includesBound = comparison === "GreaterThanOrEqualToThreshold";
    this.check(
      "comparisonOperator",
      comparison,
      comparison === "GreaterThanThreshold" || includesBound,
      "which does not fire when the value rises",
    );
    const threshold = readNumber(this.watcher.alarm, "threshold");
    if (typeof threshold !== "number") return;
    const isAlwaysOn = includesBound ? threshold <= 0 : threshold < 0;
    this.check("threshold", threshold, !isAlwaysOn, "with which it is always on");
  }

  /** `when` AWS reports no data. */
  isOffWithoutData(when: string): void {
    const missing = readText(this.watcher.alarm, "treatMissingData");
    this.check(
      "treatMissingData",
      missing,
      missing !== "breaching",
      `with which it stays on ${when}`,
    );
  }

  firesWithin(maximumSeconds: number): void {
    const { alarm, periodSeconds } = this.watcher;
    const datapoints =
      readNumber(alarm, "datapointsToAlarm") ?? readNumber(alarm, "evaluationPeriods") ?? 1;
    if (datapoints === notKnown || periodSeconds === notKnown) {
      this.unknown.push(`how soon ${this.label} fires is not known yet`);
      return;
    }
    const seconds = datapoints * (periodSeconds ?? 0);
    this.check(
      "a delay of",
      `${seconds} s`,
      seconds <= maximumSeconds,
      `more than the ${maximumSeconds} s allowed`,
    );
  }

  notifies(resources: PolicyResource[]): void {
    const action = actionOf(this.watcher.alarm, resources);
    if (action.kind === "silent") this.faults.push(action.why);
    if (action.kind === "unknown") this.unknown.push(action.why);
  }
}
