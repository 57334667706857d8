/** Values on a grid of timestamps, oldest first; undefined where there is no datapoint. */
export type Series = (number | undefined)[];
/** A value in a metric-math expression. Lists are allowed only as arguments of functions. */
export type Value = number | string | Series | Series[];

/** Combines numbers and series point by point; with lists, for each series of the list. Source: CloudWatch user guide, "Using
 *  metric math": a value that is missing in one series counts as 0 where another has one. */
export function pointwise(values: Value[], combine: (point: number[]) => number): Value {
  const list = values.find(isList);
  if (list !== undefined) {
    return list.map((_, index) =>
      asSeries(
        pointwise(
          values.map((value) => (isList(value) ? asSeries(value[index]) : value)),
          combine,
        ),
      ),
    );
  }
  const length = values.find((value) => typeof value === "object")?.length;
  if (length === undefined) return combine(values.map(asNumber));
  return Array.from({ length }, (_, index) => {
    const isKnown = values.some((value) => isSeries(value) && value[index] !== undefined);
    return isKnown ? finite(combine(values.map((value) => at(value, index) ?? 0))) : undefined;
  });
}

export const isList = (value: Value | undefined): value is Series[] =>
  Array.isArray(value) && Array.isArray(value[0]);
export const isSeries = (value: Value | undefined): value is Series =>
  Array.isArray(value) && !Array.isArray(value[0]);

export interface ExpressionScope {
  /** Every metric and expression by its id, on one grid of timestamps. */
  series: ReadonlyMap<string, Series>;
  /** The ids that are metrics, for METRICS(). */
  metricIds: readonly string[];
  periodSeconds: number;
  /** Points of the grid. */
  length: number;
}

type MathFunction = (values: Value[], scope: ExpressionScope) => Value;

export const functions: Record<string, MathFunction> = {
  ABS: ([value]) => pointwise(given(value), ([a = 0]) => Math.abs(a)),
  CEIL: ([value]) => pointwise(given(value), ([a = 0]) => Math.ceil(a)),
  FLOOR: ([value]) => pointwise(given(value), ([a = 0]) => Math.floor(a)),
  AVG: reduction((points) => points.reduce((sum, a) => sum + a, 0) / points.length),
  SUM: reduction((points) => points.reduce((sum, a) => sum + a, 0)),
  MIN: reduction((points) => Math.min(...points)),
  MAX: reduction((points) => Math.max(...points)),
  METRICS: ([part = ""], scope) =>
    scope.metricIds
      .filter((id) => id.includes(asText(part)))
      .map((id) => scope.series.get(id) ?? []),
  METRIC_COUNT: ([value]) => (isList(value) ? value.length : 1),
  TIME_SERIES: ([value], scope) => Array<number>(scope.length).fill(asNumber(value ?? 0)),
  PERIOD: (_, scope) => scope.periodSeconds,
  DATAPOINT_COUNT: ([value]) => asSeries(value).filter((point) => point !== undefined).length,
  DIFF: ([value]) => differences(asSeries(value)),
  RATE: ([value], scope) =>
    differences(asSeries(value)).map((point) => point && point / scope.periodSeconds),
  FILL: ([value, filler]) =>
    isList(value) ? value.map((series) => fill(series, filler)) : fill(asSeries(value), filler),
  IF: ([condition, then, otherwise]) => choose(condition, then, otherwise),
};

/** For a list of series: combines them point by point. For one series: returns one number. As CloudWatch does. */
function reduction(combine: (points: number[]) => number): MathFunction {
  return ([value]) => {
    if (isList(value)) {
      return Array.from({ length: value[0]?.length ?? 0 }, (_, index) => {
        const points = value.flatMap((series) => series[index] ?? []);
        return points.length > 0 ? finite(combine(points)) : undefined;
      });
    }
    const points = asSeries(value).filter((point) => point !== undefined);
    return points.length > 0 ? combine(points) : 0;
  };
}

/** IF: where the condition has no value, neither has the result. A series that has none where the condition is true counts as
 *  0; where it is false, there is no value. */
function choose(
  condition: Value | undefined,
  then: Value | undefined,
  otherwise: Value | undefined,
) {
  const length = [condition, then, otherwise].find((value) => typeof value === "object")?.length;
  const pick = (index: number) => {
    const test = at(condition, index);
    if (test === undefined) return undefined;
    if (test === 0) return at(otherwise, index);
    return at(then, index) ?? (typeof condition === "object" ? 0 : undefined);
  };
  if (length === undefined) return pick(0) ?? 0;
  return Array.from({ length }, (_, index) => pick(index));
}

function fill(series: Series, filler: Value | undefined): Series {
  if (filler === "REPEAT") {
    let last: number | undefined;
    return series.map((point) => (last = point ?? last));
  }
  if (filler === "LINEAR") throw new Error("FILL(…, LINEAR) is not known to the local evaluator");
  return series.map((point, index) => point ?? at(filler, index));
}

/** The difference between each datapoint and the one before. The first has no result. */
function differences(series: Series): Series {
  return series.map((point, index) => {
    const before = series[index - 1];
    return point === undefined || before === undefined ? undefined : point - before;
  });
}

const given = (value: Value | undefined): Value[] => (value === undefined ? [] : [value]);

function at(value: Value | undefined, index: number): number | undefined {
  if (Array.isArray(value)) {
    const point = value[index];
    return typeof point === "number" ? point : undefined;
  }
  return value === undefined ? undefined : asNumber(value);
}

function asNumber(value: Value): number {
  if (typeof value === "number") return value;
  throw new Error(`A number is needed where the expression has ${JSON.stringify(value)}`);
}

function asText(value: Value): string {
  if (typeof value === "string") return value;
  throw new Error("METRICS needs a part of the metrics' ids");
}

function asSeries(value: Value | undefined): Series {
  if (isSeries(value)) return value;
  throw new Error("A function of the expression needs one time series");
}

/** CloudWatch has no datapoint where a division by zero would be. */
const finite = (value: number) => (Number.isFinite(value) ? value : undefined);
