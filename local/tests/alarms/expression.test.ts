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
  "errors / calls * 100": [10, undefined, 10],
  "calls / zero": [undefined, undefined, undefined],
  "2 + 3 * 2 ^ 2 ^ 1": [14, 14, 14],
  "-errors": [-1, undefined, -3],
  "FILL(errors, 0)": [1, 0, 3],
  "FILL(errors, REPEAT)": [1, 1, 3],
  "FILL(none, calls)": [10, 20, 30],
  "IF(calls >= 20, 1, 0)": [0, 1, 1],
  "IF(calls > 10 AND FILL(errors, 0) < 1, 1, 0)": [0, 1, 0],
  "IF(calls > 25 OR errors == 1, calls, 0)": [10, undefined, 30],
  "IF(errors, calls)": [10, undefined, 30],
  "SUM([errors, calls])": [11, 20, 33],
  "MAX([errors, calls]) - MIN([errors, calls])": [9, 0, 27],
  "SUM(METRICS())": [11, 20, 33],
  "AVG(calls)": [20, 20, 20],
  "calls - AVG(calls)": [-10, 0, 10],
  "DIFF(calls)": [undefined, 10, 10],
  "RATE(calls) * PERIOD(calls)": [undefined, 10, 10],
  "DATAPOINT_COUNT(errors)": [2, 2, 2],
  "CEIL(errors / 2) + FLOOR(errors / 2) + ABS(-errors)": [2, undefined, 6],
};

describe("metric math", () => {
  for (const [text, expected] of Object.entries(cases)) {
    it(`${text} is ${JSON.stringify(expected)}`, () => {
      expect(evaluate(text)).to.deep.equal(expected);
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
