import { quantileSorted } from "d3-array";
import { groupOf } from "./burst";
import type { Outcomes } from "./outcomes";

/** Seconds from sending a message to the end of its work. */
export interface Latency {
  p50: number;
  p90: number;
  p99: number;
  max: number;
}

/** Undefined without values. */
export function latencyOf(seconds: readonly number[]): Latency | undefined {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (share: number) => quantileSorted(sorted, share);
  const [p50, p90, p99, max] = [at(0.5), at(0.9), at(0.99), sorted.at(-1)];
  if (p50 === undefined || p90 === undefined || p99 === undefined || max === undefined) {
    return undefined;
  }
  return { p50, p90, p99, max };
}

/** The 90th percentiles of the message groups that waited shortest and longest: how fair the queue is. Undefined for one
 *  group. */
export function spreadOf(
  outcomes: Outcomes,
  groups: number,
): { lowestP90: number; highestP90: number } | undefined {
  const values = Array.from({ length: groups }, (_, group) =>
    latencyOf(outcomes.latencies((number) => groupOf(number, groups) === group)),
  ).flatMap((latency) => (latency === undefined ? [] : [latency.p90]));
  if (values.length < 2) return undefined;
  return { lowestP90: Math.min(...values), highestP90: Math.max(...values) };
}
