import type { PolicyResource } from "@pulumi/policy";
import { metricAlarmsIn } from "./alarm-actions";
import { expressionOver, queriesOf, type ExpressionOver, type Query } from "./alarm-queries";
import { functionsIn } from "./functions";
import { groupBy, once } from "./once";
import { isNamed, queuesIn } from "./queues";
import type { Reference } from "./references";
import { follow, sameRegion } from "./references";
import type { Key, NotKnown } from "./unknown-values";
import { notKnown, read, readNumber, readText } from "./unknown-values";

/** A metric of a resource that a metric alarm watches, directly or in one of its queries. */
export interface Watcher {
  alarm: PolicyResource;
  metric: string | undefined;
  watches: Reference;
  /** "Maximum", "p99" … */
  statistic: string | undefined | NotKnown;
  periodSeconds: number | undefined | NotKnown;
  /** Dimensions other than the resource's name, and their values. */
  otherDimensions: ReadonlyMap<string, string | undefined | NotKnown>;
  expression: ExpressionOver;
}

/** Resources that alarms watch: the namespace of their metrics, and the dimension that has their name. */
interface Watched {
  namespace: string;
  dimension: string;
  among: PolicyResource[];
}

const watchersIn = (resources: PolicyResource[], watched: Watched): Watcher[] =>
  metricAlarmsIn(resources).flatMap((alarm) =>
    placesIn(alarm)
      .filter(({ path }) => readText(alarm, ...path, "namespace") === watched.namespace)
      .map((place) => watcher(alarm, place, watched)),
  );

export const queueWatchersIn = once((resources: PolicyResource[]): Watcher[] =>
  watchersIn(resources, {
    namespace: "AWS/SQS",
    dimension: "QueueName",
    among: queuesIn(resources),
  }),
);

export const functionWatchersIn = once((resources: PolicyResource[]): Watcher[] =>
  watchersIn(resources, {
    namespace: "AWS/Lambda",
    dimension: "FunctionName",
    among: functionsIn(resources),
  }),
);

/** Watchers by the resource that they watch, and those of which this is not known yet. */
export class Watchers {
  private readonly byResource: ReadonlyMap<PolicyResource, Watcher[]>;
  private readonly unclear: Watcher[];

  constructor(watchers: Watcher[]) {
    this.byResource = groupBy(watchers, ({ watches }) =>
      watches.kind === "here"
        ? [watches.resource]
        : watches.kind === "unknown"
          ? watches.candidates
          : [],
    );
    this.unclear = watchers.filter(
      ({ watches }) => watches.kind === "unknown" && watches.candidates.length === 0,
    );
  }

  /** Every watcher of this metric that watches the resource or may watch it. */
  of(resource: PolicyResource, metric: string): Watcher[] {
    return [...(this.byResource.get(resource) ?? []), ...this.unclear].filter(
      (watcher) => watcher.metric === metric,
    );
  }
}

/** Where an alarm states a metric: in itself, or in one of its queries. */
interface MetricPlace {
  path: Key[];
  query?: Query;
}

const placesIn = (alarm: PolicyResource): MetricPlace[] => [
  { path: [] },
  ...queriesOf(alarm)
    .filter(({ expression }) => expression === undefined)
    .map((query) => ({ path: ["metricQueries", query.position, "metric"], query })),
];

function watcher(
  alarm: PolicyResource,
  { path, query }: MetricPlace,
  { dimension, among }: Watched,
): Watcher {
  const metric = readText(alarm, ...path, "metricName");
  const [first = "dimensions", ...inner] = [...path, "dimensions", dimension];
  return {
    alarm,
    metric: metric === notKnown ? undefined : metric,
    watches: follow(alarm, [String(first), ...inner], among, isNamed, (resource) =>
      sameRegion(resource, alarm),
    ),
    statistic:
      query === undefined
        ? (readText(alarm, "statistic") ?? readText(alarm, "extendedStatistic"))
        : readText(alarm, ...path, "stat"),
    periodSeconds: readNumber(alarm, ...path, "period"),
    otherDimensions: otherDimensions(alarm, path, dimension),
    expression: query === undefined ? "none" : expressionOver(queriesOf(alarm), query),
  };
}

function otherDimensions(alarm: PolicyResource, path: Key[], dimension: string) {
  const dimensions = read(alarm, ...path, "dimensions");
  const names =
    typeof dimensions === "object" && dimensions !== null ? Object.keys(dimensions) : [];
  return new Map(
    names
      .filter((name) => name !== dimension)
      .map((name) => [name, readText(alarm, ...path, "dimensions", name)] as const),
  );
}
