import { workerMetrics, workerMetricsDimension } from "../../contracts/worker-metrics";
import type { AlarmSpec, Metric } from "./alarm-spec";
import { defaultFleetThresholds, type FleetThresholds } from "./thresholds";

export interface FleetAlarmSubject {
  autoScalingGroupName: string;
  queueName: string;
  metricsNamespace: string;
  /** Metric that the log group's filter counts error lines in. */
  errorLogs: { namespace: string; name: string };
  /** No worker is expected where the group may be empty. */
  minimumMachines: number;
}

export const workerMetric = (
  subject: Pick<FleetAlarmSubject, "metricsNamespace" | "queueName">,
  name: string,
  statistic: string,
): Metric => ({
  namespace: subject.metricsNamespace,
  name,
  statistic,
  dimensions: { [workerMetricsDimension]: subject.queueName },
});

export const machinesInService = (autoScalingGroupName: string): Metric => ({
  namespace: "AWS/AutoScaling",
  name: "GroupInServiceInstances",
  statistic: "Maximum",
  dimensions: { AutoScalingGroupName: autoScalingGroupName },
});

export const messageDeleteFailed = (subject: FleetAlarmSubject): AlarmSpec => ({
  key: "message-delete-failed",
  severity: "critical",
  runbook: "message-delete-failed",
  meaning: {
    en: "A finished message could not be deleted: it comes back, and the queue begins to circle.",
    ja: "処理済みメッセージを削除できませんでした。同じメッセージが再配信され、キューが循環し始めます。",
  },
  metric: workerMetric(subject, workerMetrics.deleteFailed, "Sum"),
  threshold: { atLeast: 1 },
  datapoints: { breaching: 1, of: 1, periodSeconds: 60 },
  missingData: "notBreaching",
});

/** Nobody reports what is not there, so silence is measured along a metric that the group itself publishes
 *  from its first minute on. A new group has its 15 minutes, and one that was emptied by hand is noticed. */
function workerSilent(subject: FleetAlarmSubject): AlarmSpec {
  return {
    key: "worker-silent",
    severity: "critical",
    runbook: "worker-silent",
    meaning: {
      en: "No worker has reported for 15 minutes: none runs, or none gets as far as working.",
      ja: "15分間どのワーカーからも報告がありません。停止しているか起動に失敗しています。",
    },
    expression: "IF(machines >= 0 AND FILL(reports, 0) < 1, 1, 0)",
    label: "worker silent",
    metrics: {
      machines: machinesInService(subject.autoScalingGroupName),
      reports: workerMetric(subject, workerMetrics.deleteFailed, "SampleCount"),
    },
    threshold: { atLeast: 1 },
    datapoints: { breaching: 15, of: 15, periodSeconds: 60 },
    missingData: "notBreaching",
  };
}

function machines(subject: FleetAlarmSubject, levels: FleetThresholds["machines"]): AlarmSpec[] {
  const level = (
    severity: "warning" | "critical",
    count: number,
    points: number,
    meaning: AlarmSpec["meaning"],
  ): AlarmSpec => ({
    key: `machines-${severity}`,
    severity,
    runbook: "machines",
    meaning,
    metric: machinesInService(subject.autoScalingGroupName),
    threshold: { atLeast: count },
    datapoints: { breaching: points, of: points, periodSeconds: 60 },
    missingData: "notBreaching",
  });
  return [
    level("warning", levels.warning, 11, {
      en: "More machines run than usual: there is a backlog, and it costs.",
      ja: "通常より多くのマシンが稼働しています。滞留があり、費用が増えています。",
    }),
    level("critical", levels.critical, 10, {
      en: "The fleet has grown far beyond usual: work does not get less by more machines.",
      ja: "マシン数が通常を大きく超えています。増やしても処理が減っていません。",
    }),
  ];
}

function errorLogs(
  subject: FleetAlarmSubject,
  levels: FleetThresholds["errorLogsPerHour"],
): AlarmSpec[] {
  const shared = {
    runbook: "error-logs",
    metric: { ...subject.errorLogs, statistic: "Sum", dimensions: {} },
    datapoints: { breaching: 1, of: 1, periodSeconds: 3600 },
    missingData: "notBreaching",
  } as const;
  return [
    {
      ...shared,
      key: "error-logs-warning",
      severity: "warning",
      meaning: {
        en: "The workers logged errors within the last hour.",
        ja: "直近1時間にワーカーがエラーを記録しました。",
      },
      threshold: { atLeast: levels.warning },
    },
    {
      ...shared,
      key: "error-logs-critical",
      severity: "critical",
      meaning: {
        en: "The workers log error after error: something they need is broken.",
        ja: "ワーカーがエラーを記録し続けています。依存先に障害があると考えられます。",
      },
      threshold: { above: levels.critical },
    },
  ];
}

/** The alarms whose firing stops a release at its canary and has it taken back. */
export const releaseStopKeys = ["message-delete-failed", "error-logs-critical"];

/** Every alarm of a fleet. */
export function fleetAlarms(
  subject: FleetAlarmSubject,
  thresholds: Partial<FleetThresholds> = {},
): AlarmSpec[] {
  const levels = { ...defaultFleetThresholds, ...thresholds };
  return [
    messageDeleteFailed(subject),
    ...(subject.minimumMachines > 0 ? [workerSilent(subject)] : []),
    ...machines(subject, levels.machines),
    ...errorLogs(subject, levels.errorLogsPerHour),
  ];
}
