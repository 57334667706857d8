export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export type MissingData = "missing" | "ignore" | "breaching" | "notBreaching";

export interface AlarmRule {
  comparisonOperator: string;
  threshold: number;
  evaluationPeriods: number;
  /** Default: all of the evaluation periods. */
  datapointsToAlarm?: number | undefined;
  treatMissingData: MissingData;
}

export interface Verdict {
  /** Undefined: the state does not change. */
  state: AlarmState | undefined;
  /** The datapoints that decided the state, newest first. */
  evaluated: number[];
}

const comparisons: Record<string, (value: number, threshold: number) => boolean> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Additional periods that are read before the evaluation periods, so that one late datapoint does not
 *  change the state of an alarm. AWS: "retrieves a higher number of data points". */
export const extraPeriods = 2;

/** Decides an alarm's state as described in "Configuring how CloudWatch alarms treat missing data".
 *  `points` has one entry per period, oldest first, undefined where there is no datapoint. */
export function evaluateAlarm(rule: AlarmRule, points: (number | undefined)[]): Verdict {
  const { evaluationPeriods, treatMissingData } = rule;
  const needed = rule.datapointsToAlarm ?? evaluationPeriods;
  const compare = comparisons[rule.comparisonOperator];
  if (compare === undefined) {
    throw new Error(`${rule.comparisonOperator} is not known to the local evaluator`);
  }
  const range = points.slice(-(evaluationPeriods + extraPeriods)).reverse();
  const evaluated = range.filter((point) => point !== undefined).slice(0, evaluationPeriods);
  const breaches = evaluated.filter((value) => compare(value, rule.threshold)).length;
  const missing = evaluationPeriods - evaluated.length;
  const verdict = (state: AlarmState | undefined): Verdict => ({ state, evaluated });

  if (breaches >= needed) return verdict("ALARM");
  if (missing === 0) return verdict("OK");
  if (treatMissingData === "breaching") {
    return verdict(breaches + missing >= needed ? "ALARM" : "OK");
  }
  if (treatMissingData === "notBreaching") return verdict("OK");
  if (evaluated.length === 0) {
    return verdict(treatMissingData === "ignore" ? undefined : "INSUFFICIENT_DATA");
  }
  if (breaches < evaluated.length) return verdict("OK");
  // All known datapoints breach, but there are too few of them to decide.
  if (treatMissingData === "ignore") return verdict(undefined);
  const age = range.findLastIndex((point) => point !== undefined) + 1;
  return verdict(age >= needed ? "ALARM" : undefined);
}
