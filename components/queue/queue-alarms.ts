import { deadLettersKey, type AlarmSpec } from "../alarms/alarm-spec";
import { levelAlarms } from "../alarms/levels";
import type { QueueThresholds } from "./queue-thresholds";
import { messagesInFlight, messagesVisible, oldestMessageAge, sqsMetric } from "./sqs-metric";

/** Maximum messages in flight, of standard and of FIFO queues. Source: SQS quotas. */
const inFlightLimit = 120_000;

const tooOld = (queueName: string, seconds: number): AlarmSpec => ({
  key: "oldest-message-age",
  severity: "warning",
  runbook: "oldest-message-age",
  meaning: {
    en: "Messages wait too long: consumers are stuck, or there are too few.",
    ja: "メッセージの待ち時間が長すぎます。コンシューマーが停止しているか不足しています。",
  },
  metric: oldestMessageAge(queueName),
  threshold: { above: seconds },
  datapoints: { breaching: 1, of: 1, periodSeconds: 60 },
  missingData: "notBreaching",
});

/** After a burst the age is high although all is well. A queue is stalled if also no message is deleted. */
const stalled = (queueName: string, seconds: number): AlarmSpec => ({
  key: "stalled",
  severity: "critical",
  runbook: "queue-stalled",
  meaning: {
    en: "Messages are old and none was deleted for 30 minutes: the consumers have stopped, or receive the same messages again and again.",
    ja: "古いメッセージが残ったまま、30分間1件も完了していません。コンシューマーが停止または空回りしています。",
  },
  expression: `IF(age > ${seconds} AND FILL(deleted, 0) < 1, 1, 0)`,
  label: "stalled",
  metrics: {
    age: oldestMessageAge(queueName),
    deleted: sqsMetric(queueName, "NumberOfMessagesDeleted", "Sum"),
  },
  threshold: { atLeast: 1 },
  datapoints: { breaching: 6, of: 6, periodSeconds: 300 },
  missingData: "notBreaching",
});

const nearInFlightLimit = (queueName: string): AlarmSpec => ({
  key: "in-flight",
  severity: "warning",
  runbook: "queue-in-flight",
  meaning: {
    en: "Messages in flight are at 80 % of the SQS limit. At the limit, consumers receive nothing more.",
    ja: "処理中メッセージがSQSの上限の80%に達しました。まもなく受信できなくなります。",
  },
  metric: messagesInFlight(queueName),
  threshold: { atLeast: 0.8 * inFlightLimit },
  datapoints: { breaching: 3, of: 3, periodSeconds: 60 },
  missingData: "notBreaching",
});

/** What the alarms of a queue pair are made from. */
export interface WatchedQueue {
  queueName: string;
  deadLetterQueueName: string;
  /** Shows what a redrive of the dead-letter queue would do. */
  redriveCommand?: string;
}

/** Every alarm of a queue pair. */
export function queueAlarms(
  { queueName, deadLetterQueueName, redriveCommand }: WatchedQueue,
  { depth, deadLetters, oldestMessageAgeSeconds }: QueueThresholds,
): AlarmSpec[] {
  return [
    ...levelAlarms(depth, {
      key: "queue-depth",
      measure: { metric: messagesVisible(queueName) },
      meaning: {
        warning: {
          en: "More messages wait than usual: they arrive faster than they are processed.",
          ja: "待機メッセージが通常より多くなっています。処理が追いついていません。",
        },
        critical: {
          en: "The queue is filling up: messages arrive, but are not processed.",
          ja: "キューが溢れています。届いたメッセージが処理されていません。",
        },
      },
      datapoints: { warning: 4, critical: 3 },
      periodSeconds: 60,
    }),
    ...levelAlarms(deadLetters, {
      key: deadLettersKey,
      command: redriveCommand,
      measure: { metric: messagesVisible(deadLetterQueueName) },
      meaning: {
        warning: {
          en: "Messages failed permanently and are in the dead-letter queue. Check them.",
          ja: "処理に失敗したメッセージがデッドレターキューにあります。確認してください。",
        },
        critical: {
          en: "Many messages failed permanently: something that they all need is broken.",
          ja: "多数のメッセージが処理に失敗しています。共通の原因があると考えられます。",
        },
      },
      datapoints: { warning: 2, critical: 1 },
      periodSeconds: 60,
    }),
    tooOld(queueName, oldestMessageAgeSeconds),
    stalled(queueName, oldestMessageAgeSeconds),
    nearInFlightLimit(queueName),
  ];
}
