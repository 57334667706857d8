import { apiHealthDimension, apiHealthMetrics } from "../../contracts/function-metrics";
import type { ApiProbe } from "../../contracts/api-probe";
import type { AlarmSpec, Metric } from "../alarms/alarm-spec";
import type { ProbedApi } from "./probed-apis";

/** Minutes between two probes. */
export const probeMinutes = 5;

/** Failures in a row before somebody is notified. */
const failures = 3;

/** Where the outcome of a probe is found, and the value below which it failed. */
export interface Outcome {
  metric: Metric;
  threshold: { below: number };
}

export type Outcomes = Record<"health" | "workPath", Outcome>;

/** Key of the alarms that AutoRestart acts on. */
export const workPathKey = "work-path";

/** A metric that the probe function reports. */
export const apiHealthMetric = (
  namespace: string,
  api: string,
  kind: keyof typeof apiHealthMetrics,
  statistic = "Maximum",
): Metric => ({
  namespace,
  name: apiHealthMetrics[kind],
  statistic,
  dimensions: { [apiHealthDimension]: api },
});

/** A period with a success and a failure is no failure: Scheduler calls some time within a minute, so a period may have two
 *  probes and the next one none. */
export const outcomesOf = (namespace: string, api: string): Outcomes => ({
  health: { metric: apiHealthMetric(namespace, api, "healthy"), threshold: { below: 1 } },
  workPath: { metric: apiHealthMetric(namespace, api, "workPathHealthy"), threshold: { below: 1 } },
});

const inARow = {
  datapoints: { breaching: failures, of: failures, periodSeconds: probeMinutes * 60 },
  // The probe itself does not run: nobody would know when the API fails.
  missingData: "breaching",
} as const;

/** The request of a probe, for a shell. */
const shellCommand = ({ url, method, body, timeoutSeconds }: ApiProbe): string => {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  return [
    `curl -sS -o /dev/null -w '%{http_code} in %{time_total} s\\n' -m ${timeoutSeconds}`,
    ...(method === "GET" ? [] : [`-X ${method}`]),
    ...(body === undefined ? [] : [`-H 'content-type: application/json' -d ${quoted(body)}`]),
    quoted(url),
  ].join(" ");
};

/** The alarms of an API: which of its two paths fails is what they say. */
export const apiHealthAlarms = (
  api: string,
  { health, workPath }: ProbedApi,
  outcomes: Outcomes,
): AlarmSpec[] => [
  {
    key: "health",
    severity: "warning",
    runbook: "api-health",
    meaning: {
      en: `The health check of ${api} fails from outside. If the alarm on its work path is off, it still takes work: the check itself hangs, or the proxy does not let it through.`,
      ja: `${api}の/healthが外部から応答しません。処理パスのアラームが出ていなければ処理は続いています。ヘルスチェック自体かプロキシの問題です。`,
    },
    command: shellCommand(health),
    ...outcomes.health,
    ...inARow,
  },
  {
    key: workPathKey,
    severity: "critical",
    runbook: "api-work-path",
    meaning: {
      en: `The path of ${api} that takes work fails from outside. If its health check answers, the container is stuck; if that fails too, the container, its host or the proxy is down.`,
      ja: `${api}の処理パスが外部から応答しません。/healthが応答する場合はコンテナの処理が停止しています。両方とも応答しない場合はコンテナ、ホスト、またはプロキシの障害です。`,
    },
    command: shellCommand(workPath),
    ...outcomes.workPath,
    ...inARow,
  },
];
