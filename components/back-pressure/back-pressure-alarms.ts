import { backPressureDimension, backPressureMetrics } from "../../contracts/function-metrics";
import type { AlarmSpec, Metric } from "../alarms/alarm-spec";
import { pausePeriodMinutes } from "./back-pressure-arguments";

/** A metric that the function reports each minute. */
export const backPressureMetric = (
  namespace: string,
  worker: string,
  kind: keyof typeof backPressureMetrics,
  statistic = "Maximum",
): Metric => ({
  namespace,
  name: backPressureMetrics[kind],
  statistic,
  dimensions: { [backPressureDimension]: worker },
});

/** In periods of five minutes: Scheduler calls some time within a minute, so a minute may have no datapoint. */
const pausedForLong = (namespace: string, worker: string, minutes: number): AlarmSpec => ({
  key: "mapping-paused",
  severity: "critical",
  runbook: "mapping-paused",
  meaning: {
    en: `The queue's messages have been waiting for ${minutes} minutes, because the API of the worker fails. Nothing is lost, but nothing is processed.`,
    ja: `APIの障害のため、メッセージの処理を${minutes}分間停止しています。データは失われませんが、処理は進みません。`,
  },
  metric: backPressureMetric(namespace, worker, "paused", "Minimum"),
  threshold: { atLeast: 1 },
  datapoints: {
    breaching: minutes / pausePeriodMinutes,
    of: minutes / pausePeriodMinutes,
    periodSeconds: pausePeriodMinutes * 60,
  },
  // The other alarm says that the function does not run.
  missingData: "notBreaching",
});

const disabledByOthers = (namespace: string, worker: string): AlarmSpec => ({
  key: "mapping-disabled",
  severity: "critical",
  runbook: "mapping-disabled",
  meaning: {
    en: "The worker receives no messages: AWS or somebody disabled its mapping, or back-pressure, which reports this, does not run.",
    ja: "ワーカーがメッセージを受信していません。マッピングがAWSまたは手動で無効にされたか、バックプレッシャー関数が動いていません。",
  },
  metric: backPressureMetric(namespace, worker, "disabled"),
  threshold: { atLeast: 1 },
  datapoints: { breaching: 3, of: 3, periodSeconds: 60 },
  missingData: "breaching",
});

/** The alarms of a worker that back-pressure looks after. `command` shows what it did. */
export const backPressureAlarms = (
  namespace: string,
  worker: string,
  { pauseAlarmMinutes, command }: { pauseAlarmMinutes: number; command: string },
): AlarmSpec[] => [
  { ...pausedForLong(namespace, worker, pauseAlarmMinutes), command },
  { ...disabledByOthers(namespace, worker), command },
];
