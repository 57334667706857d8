import type { AlarmSpec } from "./alarm-spec";
import { sqsMetric } from "./queue-alarms";

/** Goes to Slack as well, which may just not work: that is why critical alarms also go by e-mail. */
export const deadLetterArrived = (queueName: string): AlarmSpec => ({
  key: "notices-lost",
  severity: "critical",
  runbook: "notices-lost",
  meaning: {
    en: "Notices did not reach Slack and wait in the notifier's dead-letter queue.",
    ja: "Slackに届かなかった通知がデッドレターキューに残っています。",
  },
  metric: sqsMetric(queueName, "ApproximateNumberOfMessagesVisible", "Maximum"),
  threshold: { atLeast: 1 },
  datapoints: { breaching: 1, of: 1, periodSeconds: 60 },
  missingData: "notBreaching",
});
