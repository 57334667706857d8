import { workerMetrics } from "../../contracts/worker-metrics";
import type { AlarmSpec } from "../alarms/alarm-spec";
import { levelAlarms } from "../alarms/levels";
import { errorLogs, machinesInService, workerMetric, type FleetSubject } from "./fleet-metrics";
import type { FleetThresholds } from "./fleet-thresholds";

const messageDeleteFailed = (fleet: FleetSubject): AlarmSpec => ({
  key: "message-delete-failed",
  severity: "critical",
  runbook: "message-delete-failed",
  meaning: {
    en: "A finished message could not be deleted: SQS delivers it again. If this continues, messages are redelivered endlessly.",
    ja: "処理済みメッセージを削除できませんでした。同じメッセージが再配信され、キューが循環し始めます。",
  },
  metric: workerMetric(fleet, workerMetrics.deleteFailed, "Sum"),
  threshold: { atLeast: 1 },
  datapoints: { breaching: 1, of: 1, periodSeconds: 60 },
  missingData: "notBreaching",
});

/** A worker that does not run publishes no metric. So the alarm compares the workers' reports with a metric that
 *  the Auto Scaling group publishes from its first minute on. A new group has 15 minutes until the first report,
 *  and a group that was emptied by hand fires the alarm too. */
const workerSilent = (fleet: FleetSubject): AlarmSpec => ({
  key: "worker-silent",
  severity: "critical",
  runbook: "worker-silent",
  meaning: {
    en: "No worker has reported for 15 minutes: no worker runs, or no worker starts correctly.",
    ja: "15分間どのワーカーからも報告がありません。停止しているか起動に失敗しています。",
  },
  expression: "IF(machines >= 0 AND FILL(reports, 0) < 1, 1, 0)",
  label: "worker silent",
  metrics: {
    machines: machinesInService(fleet),
    reports: workerMetric(fleet, workerMetrics.deleteFailed, "SampleCount"),
  },
  threshold: { atLeast: 1 },
  datapoints: { breaching: 15, of: 15, periodSeconds: 60 },
  missingData: "notBreaching",
});

/** Keys of the alarms that stop a release at its canary machine and roll it back. */
export const releaseStopKeys = ["message-delete-failed", "error-logs-critical"];

/** Every alarm of a fleet. A group that may be empty has no alarm on missing reports. */
export function fleetAlarms(
  fleet: FleetSubject & { minimumMachines: number },
  { machines, errorLogsPerHour }: FleetThresholds,
): AlarmSpec[] {
  return [
    messageDeleteFailed(fleet),
    ...(fleet.minimumMachines > 0 ? [workerSilent(fleet)] : []),
    ...levelAlarms(machines, {
      key: "machines",
      measure: { metric: machinesInService(fleet) },
      meaning: {
        warning: {
          en: "More machines run than usual: there is a backlog, and the costs rise.",
          ja: "通常より多くのマシンが稼働しています。滞留があり、費用が増えています。",
        },
        critical: {
          en: "Far more machines run than usual: more machines do not reduce the backlog.",
          ja: "マシン数が通常を大きく超えています。増やしても処理が減っていません。",
        },
      },
      criticalFrom: "atLeast",
      datapoints: { warning: 11, critical: 10 },
      periodSeconds: 60,
    }),
    ...levelAlarms(errorLogsPerHour, {
      key: "error-logs",
      measure: { metric: errorLogs(fleet) },
      meaning: {
        warning: {
          en: "The workers logged errors within the last hour.",
          ja: "直近1時間にワーカーがエラーを記録しました。",
        },
        critical: {
          en: "The workers log many errors: something that they need is broken.",
          ja: "ワーカーがエラーを記録し続けています。依存先に障害があると考えられます。",
        },
      },
      // Both fire in the same minute; the notifier waits for the critical alarm.
      datapoints: { warning: 1, critical: 1 },
      periodSeconds: 3600,
    }),
  ];
}
