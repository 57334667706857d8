import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { AlarmRule, AlarmState, Verdict } from "./evaluate";
import type { Grid } from "./metric-source";

const comparisonWords: Record<string, string> = {
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  GreaterThanThreshold: "greater than",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

/** The reason in CloudWatch's wording, because users and programs know it. */
export function stateReason(rule: AlarmRule, verdict: Verdict, from: AlarmState): string {
  const { state, evaluated } = verdict;
  const periods = rule.evaluationPeriods;
  if (state === "INSUFFICIENT_DATA") {
    return `Insufficient Data: ${count(periods, "datapoint was", "datapoints were")} unknown.`;
  }
  const needed = rule.datapointsToAlarm ?? periods;
  const transition = `(minimum ${count(needed, "datapoint", "datapoints")} for OK -> ALARM transition)`;
  if (evaluated.length === 0) {
    const treated = rule.treatMissingData === "breaching" ? "[Breaching]" : "[NonBreaching]";
    return (
      `Threshold Crossed: no datapoints were received for ${count(periods, "period", "periods")} and ` +
      `${count(periods, "missing datapoint was", "missing datapoints were")} treated as ${treated}.`
    );
  }
  const values = evaluated.map((value) => (Number.isInteger(value) ? `${value}.0` : `${value}`));
  const was = `${evaluated.length === 1 ? "was" : "were"}${state === "ALARM" ? "" : " not"}`;
  return (
    `Threshold Crossed: ${evaluated.length} out of the last ${count(periods, "datapoint", "datapoints")} ` +
    `[${values.join(", ")}] ${was} ${comparisonWords[rule.comparisonOperator]} the threshold ` +
    `(${rule.threshold})${from === "OK" || state === "ALARM" ? ` ${transition}` : ""}.`
  );
}

export function stateReasonData(
  alarm: MetricAlarm,
  verdict: Verdict,
  grid: Grid,
  nowMs: number,
): string {
  return JSON.stringify({
    version: "1.0",
    queryDate: new Date(nowMs).toISOString(),
    startDate: new Date(grid.from * 1000).toISOString(),
    statistic: alarm.ExtendedStatistic ?? alarm.Statistic,
    period: alarm.Period,
    recentDatapoints: [...verdict.evaluated].reverse(),
    threshold: alarm.Threshold,
  });
}

const count = (number: number, one: string, many: string) =>
  `${number} ${number === 1 ? one : many}`;
