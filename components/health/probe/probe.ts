import { apiHealthMetrics } from "../../../contracts/function-metrics";
import type { MetricValue } from "../../function/embedded-metrics";
import type { LogEntry } from "../../function/handler-parts";
import type { Answer } from "../ask-api";
import type { ApiProbe } from "../../../contracts/api-probe";
import type { ProbedApi, ProbedApis } from "../probed-apis";

export interface ProbeParts {
  apis: ProbedApis;
  ask: (probe: ApiProbe) => Promise<Answer>;
  report: (api: string, metrics: MetricValue[]) => void;
  log: (entry: LogEntry) => void;
}

/** Asks every API for its health and for its work path, all at the same time: one that hangs delays no other. */
export function createProbe({ apis, ask, report, log }: ProbeParts) {
  async function probe(api: string, { health, workPath }: ProbedApi): Promise<void> {
    const [healthAnswer, workPathAnswer] = await Promise.all([ask(health), ask(workPath)]);
    report(api, [
      ...metrics(healthAnswer, apiHealthMetrics.healthy, apiHealthMetrics.healthLatency),
      ...metrics(
        workPathAnswer,
        apiHealthMetrics.workPathHealthy,
        apiHealthMetrics.workPathLatency,
      ),
    ]);
    const isWell = healthAnswer.ok && workPathAnswer.ok;
    log({
      level: isWell ? "info" : "warn",
      msg: isWell ? "the api is healthy" : "the api is not healthy",
      api,
      health: healthAnswer,
      workPath: workPathAnswer,
    });
  }

  return async (): Promise<void> => {
    await Promise.all(Object.entries(apis).map(([api, probed]) => probe(api, probed)));
  };
}

/** The latency of an API that answered with any status. That of a timeout is only the timeout. */
const metrics = (
  { ok, status, milliseconds }: Answer,
  healthy: string,
  latency: string,
): MetricValue[] => [
  { name: healthy, unit: "Count", value: Number(ok) },
  ...(status === undefined
    ? []
    : [{ name: latency, unit: "Milliseconds" as const, value: milliseconds }]),
];
