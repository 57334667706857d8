import type { Dimension, MetricAlarm, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { evaluateExpression } from "./expression";
import type { Series } from "./metric-math";

export interface MetricQuery {
  id: string;
  namespace: string;
  name: string;
  statistic: string;
  dimensions: Dimension[];
}

/** The metrics that an alarm watches, and the expression that computes one series from them. */
export interface AlarmQueries {
  metrics: MetricQuery[];
  periodSeconds: number;
  combine(series: ReadonlyMap<string, Series>, length: number): Series;
}

/** Reads an alarm's metric or its metric math. */
export function alarmQueries(alarm: MetricAlarm): AlarmQueries {
  const math = alarm.Metrics ?? [];
  if (math.length > 0) return mathQueries(math);
  const { Namespace, MetricName, Period } = alarm;
  if (Namespace === undefined || MetricName === undefined || Period === undefined) {
    throw new Error("it names neither a metric nor metric math");
  }
  const metric: MetricQuery = {
    id: "m",
    namespace: Namespace,
    name: MetricName,
    // DescribeAlarms returns both fields. The extended one is set only if it is used.
    statistic: alarm.ExtendedStatistic ?? alarm.Statistic ?? "Average",
    dimensions: alarm.Dimensions ?? [],
  };
  return {
    metrics: [metric],
    periodSeconds: Period,
    combine: (series) => series.get("m") ?? [],
  };
}

function mathQueries(queries: MetricDataQuery[]): AlarmQueries {
  const metrics = queries.flatMap(({ Id = "", MetricStat }) =>
    MetricStat === undefined
      ? []
      : [
          {
            id: Id,
            namespace: MetricStat.Metric?.Namespace ?? "",
            name: MetricStat.Metric?.MetricName ?? "",
            statistic: MetricStat.Stat ?? "Average",
            dimensions: MetricStat.Metric?.Dimensions ?? [],
          },
        ],
  );
  const periods = queries.flatMap((query) => query.MetricStat?.Period ?? query.Period ?? []);
  if (new Set(periods).size !== 1) {
    throw new Error(
      `its metrics have the periods ${periods.join(", ")}; one alarm needs one period`,
    );
  }
  const periodSeconds = periods[0] ?? 60;
  const returned = queries.filter((query) => query.ReturnData !== false);
  const result = returned[0]?.Id;
  if (returned.length !== 1 || result === undefined) {
    throw new Error(`${returned.length} of its metrics return data; an alarm needs exactly one`);
  }
  const expressions = queries.filter((query) => query.Expression !== undefined);
  return {
    metrics,
    periodSeconds,
    combine: (given, length) => {
      const series = new Map(given);
      const scope = { series, metricIds: metrics.map(({ id }) => id), periodSeconds, length };
      for (const { Id = "", Expression = "" } of inOrder(expressions)) {
        series.set(Id, evaluateExpression(Expression, scope));
      }
      return series.get(result) ?? [];
    },
  };
}

/** Sorts the expressions: an expression comes after those that it uses. */
function inOrder(expressions: MetricDataQuery[]): MetricDataQuery[] {
  const ordered: MetricDataQuery[] = [];
  let rest = expressions;
  while (rest.length > 0) {
    const ready = rest.filter(
      (one) => !rest.some((other) => other !== one && uses(one.Expression, other.Id)),
    );
    if (ready.length === 0) throw new Error("its expressions refer to each other in a cycle");
    ordered.push(...ready);
    rest = rest.filter((one) => !ready.includes(one));
  }
  return ordered;
}

function uses(expression = "", id = ""): boolean {
  return new RegExp(`\\b${id}\\b`).test(expression);
}
