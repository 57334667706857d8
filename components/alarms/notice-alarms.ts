import type { AlarmSpec } from "./alarm-spec";
import { sqsMetric } from "./queue-alarms";

/** On a function's dead-letter queue: what waits there failed for good. */
const callsFailed = (queueName: string) =>
  ({
    severity: "critical",
    metric: sqsMetric(queueName, "ApproximateNumberOfMessagesVisible", "Maximum"),
    threshold: { atLeast: 1 },
    datapoints: { breaching: 1, of: 1, periodSeconds: 60 },
    missingData: "notBreaching",
  }) as const;

/** Goes to Slack as well, which may just not work: that is why critical alarms also go by e-mail. */
export const noticesLost = (queueName: string): AlarmSpec => ({
  ...callsFailed(queueName),
  key: "notices-lost",
  runbook: "notices-lost",
  meaning: {
    en: "Notices did not reach Slack and wait in the notifier's dead-letter queue.",
    ja: "Slackに届かなかった通知がデッドレターキューに残っています。",
  },
});

export const releaseNotTakenBack = (queueName: string): AlarmSpec => ({
  ...callsFailed(queueName),
  key: "failed",
  runbook: "release-taken-back",
  meaning: {
    en: "A release's alarm fired and the release guard failed: the bad release may still stand.",
    ja: "リリースのアラームが発生しましたが、自動での差し戻しに失敗しました。問題のあるリリースが残っている可能性があります。手動で対応してください。",
  },
});
