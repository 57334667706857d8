import { reportSeconds, workerMetrics } from "../../contracts/worker-metrics";
import type { AlarmSpec } from "../alarms/alarm-spec";
import { levelAlarms } from "../alarms/levels";
import {
  crashes,
  errorLogs,
  machinesInService,
  machinesPending,
  workerMetric,
  type FleetSubject,
} from "./fleet-metrics";
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

/** Reports of one worker within a minute. */
const reportsPerMinute = 60 / reportSeconds;

/** A worker that does not run publishes no metric. So the alarm compares the number of reports with the number that the
 *  machines in service send, and fires if those of one machine are missing: also one of ten. A single report more or
 *  less is normal. A new group has 15 minutes until the first report, and a group that was emptied by hand fires the
 *  alarm too. */
const workerSilent = (fleet: FleetSubject): AlarmSpec => ({
  key: "worker-silent",
  severity: "critical",
  runbook: "worker-silent",
  meaning: {
    en: "At least one machine in service has not reported for 15 minutes: its worker does not run, or does not start correctly.",
    ja: "稼働中のマシンのうち少なくとも1台から15分間報告がありません。ワーカーが停止しているか起動に失敗しています。",
  },
  expression: `IF(machines >= 0 AND FILL(reports, 0) <= (IF(machines > 1, machines, 1) - 0.5) * ${reportsPerMinute}, 1, 0)`,
  label: "worker silent",
  metrics: {
    // The minimum: a machine that comes or goes within a minute does not send all of its reports.
    machines: { ...machinesInService(fleet), statistic: "Minimum" },
    reports: workerMetric(fleet, workerMetrics.deleteFailed, "SampleCount"),
  },
  threshold: { atLeast: 1 },
  datapoints: { breaching: 15, of: 15, periodSeconds: 60 },
  missingData: "notBreaching",
});

/** Looks back two minutes: it ends soon after a bad release has ended, so that a second one fires it again. */
const releaseFailing = (fleet: FleetSubject): AlarmSpec => ({
  key: "release-failing",
  severity: "critical",
  runbook: "release-failing",
  meaning: {
    en: "Workers crash again and again, or the files of a worker that has just started fail. A release that is under way is rolled back.",
    ja: "ワーカーが異常終了を繰り返しているか、起動直後のワーカーの処理が失敗しています。進行中のリリースは差し戻されます。",
  },
  expression: "IF(FILL(failing, 0) >= 1 OR FILL(crashes, 0) >= 1, 1, 0)",
  label: "release failing",
  metrics: {
    failing: workerMetric(fleet, workerMetrics.newWorkerFailing, "Maximum"),
    crashes: crashes(fleet),
  },
  threshold: { atLeast: 1 },
  datapoints: { breaching: 2, of: 2, periodSeconds: 60 },
  missingData: "notBreaching",
});

/** A machine that never comes into service sends nothing: its user data or its worker's start fails, or what the worker
 *  needs is unreachable. */
const launchStuck = (fleet: FleetSubject): AlarmSpec => ({
  key: "launch-stuck",
  severity: "critical",
  runbook: "launch-stuck",
  meaning: {
    en: "A new machine has not come into service for 15 minutes: its worker does not start, or waits for something that is unreachable.",
    ja: "新しいマシンが15分間稼働状態になりません。ワーカーが起動できないか、依存先に接続できません。",
  },
  metric: machinesPending(fleet),
  threshold: { atLeast: 1 },
  datapoints: { breaching: 15, of: 15, periodSeconds: 60 },
  missingData: "notBreaching",
});

/** Keys of the alarms that stop a release at its canary machine and roll it back. */
export const releaseStopKeys = [
  "message-delete-failed",
  "release-failing",
  "launch-stuck",
  "worker-silent",
];

/** Every alarm of a fleet. A group that may be empty has no alarm on missing reports. */
export function fleetAlarms(
  fleet: FleetSubject & { minimumMachines: number; minutesOfMoreMachines: number },
  { machines, errorLogsPerHour }: FleetThresholds,
): AlarmSpec[] {
  return [
    messageDeleteFailed(fleet),
    releaseFailing(fleet),
    launchStuck(fleet),
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
      // A release that launches first may have twice as many machines.
      datapoints: {
        warning: 11 + fleet.minutesOfMoreMachines,
        critical: 10 + fleet.minutesOfMoreMachines,
      },
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
