import { type CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import type { MetricQuery } from "./alarm-queries";
import type { Series } from "./metric-math";

/** Consecutive whole periods. The last one has ended. */
export interface Grid {
  /** Start of the first period, seconds since 1970. */
  from: number;
  periodSeconds: number;
  length: number;
}

/** The grid of the last whole periods before a time. */
export function lastPeriods(nowMs: number, periodSeconds: number, length: number): Grid {
  const end = Math.floor(nowMs / 1000 / periodSeconds) * periodSeconds;
  return { from: end - length * periodSeconds, periodSeconds, length };
}

/** The metrics' values on the grid, by the queries' ids. */
export async function readMetrics(
  cloudWatch: CloudWatchClient,
  queries: MetricQuery[],
  grid: Grid,
): Promise<Map<string, Series>> {
  const { MetricDataResults = [] } = await cloudWatch.send(
    new GetMetricDataCommand({
      StartTime: new Date(grid.from * 1000),
      EndTime: new Date((grid.from + grid.length * grid.periodSeconds) * 1000),
      MetricDataQueries: queries.map((query) => ({
        Id: query.id,
        MetricStat: {
          Metric: {
            Namespace: query.namespace,
            MetricName: query.name,
            Dimensions: query.dimensions,
          },
          Period: grid.periodSeconds,
          Stat: query.statistic,
        },
      })),
    }),
  );
  return new Map(
    queries.map(({ id }) => {
      const result = MetricDataResults.find((candidate) => candidate.Id === id);
      const series: Series = Array<undefined>(grid.length).fill(undefined);
      result?.Timestamps?.forEach((timestamp, index) => {
        const position = (timestamp.getTime() / 1000 - grid.from) / grid.periodSeconds;
        series[position] = result.Values?.[index];
      });
      return [id, series];
    }),
  );
}
