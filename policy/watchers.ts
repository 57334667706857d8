import type { PolicyResource } from "@pulumi/policy";
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
  /** Whether the metric is only part of an expression that the alarm evaluates. */
  isPartOfExpression: boolean;
}

export const watchersOf = (alarms: PolicyResource[], queues: PolicyResource[]): Watcher[] =>
  alarms.flatMap((alarm) => metricsOf(alarm).flatMap((one) => watcher(alarm, one, queues)));

interface MetricPlace {
  path: Key[];
  statistic: string | undefined | NotKnown;
  isPartOfExpression: boolean;
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
      isPartOfExpression: false,
    },
    ...queries.map((index): MetricPlace => {
      const path = ["metricQueries", index, "metric"];
      return {
        path,
        statistic: readText(alarm, ...path, "stat"),
        isPartOfExpression: !isReturned(index),
      };
    }),
  ];
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
