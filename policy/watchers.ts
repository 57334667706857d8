import type { PolicyResource } from "@pulumi/policy";
import { neverBelow } from "./expressions";
import { isNamed } from "./queues";
import type { Reference } from "./references";
import { follow, sameRegion } from "./references";
import type { Key, NotKnown } from "./unknown-values";
import { notKnown, read, readFlag, readLength, readNumber, readText } from "./unknown-values";

/** A metric of a queue that a metric alarm watches, directly or in one of its queries. */
export interface Watcher {
  alarm: PolicyResource;
  metric: string | undefined;
  watches: Reference;
  /** "Maximum", "p99" … */
  statistic: string | undefined | NotKnown;
  periodSeconds: number | undefined | NotKnown;
  /** Dimensions other than the queue's name. */
  otherDimensions: string[];
  /** If the alarm evaluates an expression: whether that may hide a value of the metric. */
  expression: "none" | "never below the metric" | "may hide it" | NotKnown;
}

export const watchersOf = (alarms: PolicyResource[], queues: PolicyResource[]): Watcher[] =>
  alarms.flatMap((alarm) => metricsOf(alarm).flatMap((one) => watcher(alarm, one, queues)));

interface MetricPlace {
  path: Key[];
  statistic: string | undefined | NotKnown;
  expression: Watcher["expression"];
}

function metricsOf(alarm: PolicyResource): MetricPlace[] {
  const count = readLength(alarm, "metricQueries");
  const queries = count === notKnown ? [] : Array.from({ length: count }, (_, index) => index);
  const isReturned = (index: number) =>
    queries.length === 1 || readFlag(alarm, "metricQueries", index, "returnData") === true;
  return [
    {
      path: [],
      statistic: readText(alarm, "statistic") ?? readText(alarm, "extendedStatistic"),
      expression: "none",
    },
    ...queries.map((index): MetricPlace => {
      const path = ["metricQueries", index, "metric"];
      return {
        path,
        statistic: readText(alarm, ...path, "stat"),
        expression: isReturned(index) ? "none" : expressionOver(alarm, index, queries),
      };
    }),
  ];
}

/** What the expression that the alarm evaluates does with one of its metrics, also through other expressions. */
function expressionOver(
  alarm: PolicyResource,
  index: number,
  queries: number[],
): Watcher["expression"] {
  const at = (query: number, key: string) => readText(alarm, "metricQueries", query, key);
  const metric = at(index, "id");
  const returned = queries.find(
    (query) => readFlag(alarm, "metricQueries", query, "returnData") === true,
  );
  if (returned === undefined || metric === undefined) return "may hide it";
  const isAbove = (query: number, visited: number[]): boolean | NotKnown => {
    const expression = at(query, "expression");
    if (expression === notKnown || metric === notKnown) return notKnown;
    if (expression === undefined) return query === index;
    let isKnown = true;
    const found = neverBelow(expression, (id) => {
      const inner = queries.find((one) => at(one, "id") === id);
      if (inner === undefined || visited.includes(inner)) return id === metric;
      const verdict = isAbove(inner, [...visited, inner]);
      isKnown &&= verdict !== notKnown;
      return verdict === true;
    });
    return isKnown ? found === true : notKnown;
  };
  const verdict = isAbove(returned, [returned]);
  if (verdict === notKnown) return notKnown;
  return verdict ? "never below the metric" : "may hide it";
}

function watcher(alarm: PolicyResource, place: MetricPlace, queues: PolicyResource[]): Watcher[] {
  const { path, ...rest } = place;
  if (readText(alarm, ...path, "namespace") !== "AWS/SQS") return [];
  const metric = readText(alarm, ...path, "metricName");
  const [first = "dimensions", ...inner] = [...path, "dimensions", "QueueName"];
  const dimensions = read(alarm, ...path, "dimensions");
  return [
    {
      alarm,
      metric: metric === notKnown ? undefined : metric,
      watches: follow(alarm, [String(first), ...inner], queues, isNamed, (queue) =>
        sameRegion(queue, alarm),
      ),
      periodSeconds: readNumber(alarm, ...path, "period"),
      otherDimensions:
        typeof dimensions === "object" && dimensions !== null
          ? Object.keys(dimensions).filter((name) => name !== "QueueName")
          : [],
      ...rest,
    },
  ];
}
