import type { AlarmSpec, Measure, Metric } from "./alarm-spec";
import type { Levels, QueueThresholds } from "./thresholds";

/** Messages SQS lets consumers hold at once, standard and FIFO. Source: SQS quotas. */
const inFlightLimit = 120_000;

export const sqsMetric = (queueName: string, name: string, statistic: string): Metric => ({
  namespace: "AWS/SQS",
  name,
  statistic,
  dimensions: { QueueName: queueName },
});

const visible = (queueName: string) =>
  sqsMetric(queueName, "ApproximateNumberOfMessagesVisible", "Maximum");

/** Warning from a level on, critical above a higher one. The warning needs one datapoint more, so that
 *  on a jump past both levels the critical alarm speaks first and the warning can be left out. */
function twoLevels(
  key: string,
  measure: Measure,
  levels: Levels,
  criticalDatapoints: number,
  meaning: Record<"warning" | "critical", AlarmSpec["meaning"]>,
): AlarmSpec[] {
  const level = (
    severity: "warning" | "critical",
    threshold: AlarmSpec["threshold"],
    points: number,
  ): AlarmSpec => ({
    ...measure,
    key: `${key}-${severity}`,
    severity,
    runbook: key,
    meaning: meaning[severity],
    threshold,
    datapoints: { breaching: points, of: points, periodSeconds: 60 },
    missingData: "notBreaching",
  });
  return [
    level("warning", { atLeast: levels.warning }, criticalDatapoints + 1),
    level("critical", { above: levels.critical }, criticalDatapoints),
  ];
}

export function oldestMessageAge(queueName: string, seconds: number): AlarmSpec {
  return {
    key: "oldest-message-age",
    severity: "warning",
    runbook: "oldest-message-age",
    meaning: {
      en: "Messages wait longer than they should: consumers are stuck or too few.",
      ja: "メッセージの待ち時間が長すぎます。コンシューマーが停止しているか不足しています。",
    },
    metric: sqsMetric(queueName, "ApproximateAgeOfOldestMessage", "Maximum"),
    threshold: { above: seconds },
    datapoints: { breaching: 1, of: 1, periodSeconds: 60 },
    missingData: "notBreaching",
  };
}

/** Age alone is high after any burst; that nothing at all is finished meanwhile is what a stall is. */
export function stalled(queueName: string, seconds: number): AlarmSpec {
  return {
    key: "stalled",
    severity: "critical",
    runbook: "queue-stalled",
    meaning: {
      en: "Messages are old and not one was finished for 30 minutes: the consumers circle or are dead.",
      ja: "古いメッセージが残ったまま、30分間1件も完了していません。コンシューマーが停止または空回りしています。",
    },
    expression: `IF(age > ${seconds} AND FILL(deleted, 0) < 1, 1, 0)`,
    label: "stalled",
    metrics: {
      age: sqsMetric(queueName, "ApproximateAgeOfOldestMessage", "Maximum"),
      deleted: sqsMetric(queueName, "NumberOfMessagesDeleted", "Sum"),
    },
    threshold: { atLeast: 1 },
    datapoints: { breaching: 6, of: 6, periodSeconds: 300 },
    missingData: "notBreaching",
  };
}

export function inFlight(queueName: string): AlarmSpec {
  return {
    key: "in-flight",
    severity: "warning",
    runbook: "queue-in-flight",
    meaning: {
      en: "80 % of the messages that SQS lets consumers hold at once are held: soon nothing more is received.",
      ja: "処理中メッセージがSQSの上限の80%に達しました。まもなく受信できなくなります。",
    },
    metric: sqsMetric(queueName, "ApproximateNumberOfMessagesNotVisible", "Maximum"),
    threshold: { atLeast: 0.8 * inFlightLimit },
    datapoints: { breaching: 3, of: 3, periodSeconds: 60 },
    missingData: "notBreaching",
  };
}

/** Every alarm of a queue pair. */
export function queueAlarms(
  args: { queueName: string; deadLetterQueueName: string },
  { depth, deadLetters, oldestMessageAgeSeconds }: QueueThresholds,
): AlarmSpec[] {
  return [
    ...twoLevels("queue-depth", { metric: visible(args.queueName) }, depth, 3, {
      warning: {
        en: "More messages wait than usual: the consumers do not keep up.",
        ja: "待機メッセージが通常より多くなっています。処理が追いついていません。",
      },
      critical: {
        en: "The queue has filled up: messages arrive and are not finished.",
        ja: "キューが溢れています。届いたメッセージが処理されていません。",
      },
    }),
    ...twoLevels("dlq-depth", { metric: visible(args.deadLetterQueueName) }, deadLetters, 1, {
      warning: {
        en: "Messages failed for good and wait in the dead-letter queue for someone to look.",
        ja: "処理に失敗したメッセージがデッドレターキューにあります。確認してください。",
      },
      critical: {
        en: "Many messages failed for good: something they all need is broken.",
        ja: "多数のメッセージが処理に失敗しています。共通の原因があると考えられます。",
      },
    }),
    oldestMessageAge(args.queueName, oldestMessageAgeSeconds),
    stalled(args.queueName, oldestMessageAgeSeconds),
    inFlight(args.queueName),
  ];
}
