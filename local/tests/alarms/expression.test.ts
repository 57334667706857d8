import { expect } from "chai";
import { evaluateExpression } from "../../alarms/expression";
import type { Series } from "../../alarms/metric-math";

const metrics: Record<string, Series> = {
  errors: [1, undefined, 3],
  calls: [10, 20, 30],
  none: [undefined, undefined, undefined],
  zero: [0, 0, 0],
};

const evaluate = (text: string) =>
  evaluateExpression(text, {
    series: new Map(Object.entries(metrics)),
    metricIds: Object.keys(metrics),
    periodSeconds: 60,
    length: 3,
  });

const cases: Record<string, Series> = {
  "errors / calls * 100": [10, 0, 10],
  "calls / errors": [10, undefined, 10],
  "errors + none": [1, undefined, 3],
  "errors > 0": [1, undefined, 1],
  "errors < calls": [1, 1, 1],
  "calls / zero": [undefined, undefined, undefined],
  "2 + 3 * 2 ^ 2 ^ 1": [14, 14, 14],
  "-errors": [-1, undefined, -3],
  "FILL(errors, 0)": [1, 0, 3],
  "FILL(errors, REPEAT)": [1, 1, 3],
  "FILL(none, calls)": [10, 20, 30],
  "IF(calls >= 20, 1, 0)": [0, 1, 1],
  "IF(calls > 10 AND FILL(errors, 0) < 1, 1, 0)": [0, 1, 0],
  "IF(calls > 25 OR errors == 1, calls, 0)": [10, 0, 30],
  "IF(errors, calls)": [10, undefined, 30],
  "SUM([errors, calls])": [11, 20, 33],
  "MAX([errors, calls]) - MIN([errors, calls])": [9, 0, 27],
  "SUM(METRICS())": [11, 20, 33],
  'SUM(METRICS("errors"))': [1, undefined, 3],
  'SUM([METRICS("err"), METRICS("all")])': [11, 20, 33],
  "MAX([errors, calls] * 2)": [20, 40, 60],
  "MAX(FILL(METRICS(), 7))": [10, 20, 30],
  "calls / METRIC_COUNT([errors, calls])": [5, 10, 15],
  "TIME_SERIES(MAX(calls))": [30, 30, 30],
  // The alarm of a function: calls that failed, or records of calls that did not fail.
  "IF(FILL(errors, 0) + FILL(none, 0) >= 1, MAX([100 * errors / calls, 100 * FILL(none, 0) / (FILL(none, 0) + FILL(zero, 0))]), 0)":
    [10, 0, 10],
  "AVG(calls)": [20, 20, 20],
  "calls - AVG(calls)": [-10, 0, 10],
  "DIFF(calls)": [undefined, 10, 10],
  "RATE(calls) * PERIOD(calls)": [undefined, 10, 10],
  "DATAPOINT_COUNT(errors)": [2, 2, 2],
  "CEIL(errors / 2) + FLOOR(errors / 2) + ABS(-errors)": [2, undefined, 6],
};

const compared: Record<string, Series> = {
  metric1: [30, 20, 0, 0],
  metric2: [20, undefined, 20, undefined],
};
const chosen: Record<string, Series> = {
  metric1: [1, 1, 0, 0, undefined],
  metric2: [30, undefined, 0, 0, 30],
  metric3: [0, 0, 20, undefined, 20],
};
/** The tables of the CloudWatch user guide, "Using metric math". */
const guide: [string, Record<string, Series>, Series][] = [
  ["metric1 < metric2", compared, [0, 0, 1, 0]],
  ["metric1 >= 30", compared, [1, 0, 0, 0]],
  ["metric1 > 15 AND metric2 > 15", compared, [1, 0, 0, 0]],
  ["IF(metric1, metric2, metric3)", chosen, [30, 0, 20, undefined, undefined]],
  ["IF(metric1, 5, metric3)", chosen, [5, 5, 20, undefined, undefined]],
  ["IF(metric1, metric2, 5)", chosen, [30, 0, 5, 5, undefined]],
];

describe("metric math", () => {
  for (const [text, expected] of Object.entries(cases)) {
    it(`${text} is ${JSON.stringify(expected)}`, () => {
      expect(evaluate(text)).to.deep.equal(expected);
    });
  }

  for (const [expression, given, result] of guide) {
    it(`${expression} is as in the user guide`, () => {
      const scope = { metricIds: [], periodSeconds: 60, length: result.length };
      const series = new Map(Object.entries(given));
      expect(evaluateExpression(expression, { ...scope, series })).to.deep.equal(result);
    });
  }

  for (const [text, message] of Object.entries({
    "ANOMALY_DETECTION_BAND(calls)": /calls ANOMALY_DETECTION_BAND; the local evaluator knows ABS/,
    "calls + missing": /uses missing, which is no metric of it/,
    "[errors, calls]": /no single time series/,
    "calls.length": /no metric math/,
    "SUM(1)": /needs one time series/,
  })) {
    it(`refuses ${text} and says why`, () => {
      expect(() => evaluate(text)).to.throw(message);
    });
  }
});
