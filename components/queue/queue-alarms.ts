import { deadLettersKey, type AlarmSpec, type Metric } from "../alarms/alarm-spec";
import { levelAlarms } from "../alarms/levels";
import { maximumAge, type QueueThresholds } from "./queue-thresholds";
import {
  messagesInFlight,
  messagesVisible,
  messagesVisibleInQuietGroups,
  oldestMessageAge,
  oldestMessageAgeInQuietGroups,
  sqsMetric,
} from "./sqs-metric";

/** Maximum messages in flight, of standard and of FIFO queues. Source: SQS quotas. */
const inFlightLimit = 120_000;

const aboveAge = (
  seconds: number,
  parts: Pick<AlarmSpec, "key" | "meaning"> & { metric: Metric },
): AlarmSpec => ({
  ...parts,
  severity: "warning",
  runbook: "oldest-message-age",
  threshold: { above: seconds },
  datapoints: { breaching: 1, of: 1, periodSeconds: 60 },
  missingData: "notBreaching",
});

const tooOld = (metric: Metric, seconds: number): AlarmSpec =>
  aboveAge(seconds, {
    key: "oldest-message-age",
    meaning: {
      en: "Messages wait too long: consumers are stuck, or there are too few.",
      ja: "メッセージの待ち時間が長すぎます。コンシューマーが停止しているか不足しています。",
    },
    metric,
  });

/** On a fair queue the messages of a noisy group wait for the others. That is intended, but must end. */
const tooOldOfNoisyGroup = (queueName: string, visibilityTimeoutSeconds: number): AlarmSpec =>
  aboveAge(maximumAge(visibilityTimeoutSeconds), {
    key: "oldest-message-age-of-all",
    meaning: {
      en: "Messages of a group that sends much wait very long: it sends more than the consumers can process.",
      ja: "送信量の多いグループのメッセージの待ち時間が非常に長くなっています。処理能力を超えて送信されています。",
    },
    metric: oldestMessageAge(queueName),
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
  visibilityTimeoutSeconds: number;
  fair?: boolean;
  /** Shows what a redrive of the dead-letter queue would do. */
  redriveCommand?: string;
}

/** Every alarm of a queue pair. */
export function queueAlarms(
  watched: WatchedQueue,
  { depth, deadLetters, oldestMessageAgeSeconds }: QueueThresholds,
): AlarmSpec[] {
  const { queueName, deadLetterQueueName, redriveCommand, visibilityTimeoutSeconds } = watched;
  const fair = watched.fair ?? false;
  return [
    ...levelAlarms(depth, {
      key: "queue-depth",
      measure: {
        // One group with very many messages delays no other.
        warning: {
          metric: fair ? messagesVisibleInQuietGroups(queueName) : messagesVisible(queueName),
        },
        critical: { metric: messagesVisible(queueName) },
      },
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
    tooOld(
      fair ? oldestMessageAgeInQuietGroups(queueName) : oldestMessageAge(queueName),
      oldestMessageAgeSeconds,
    ),
    ...(fair ? [tooOldOfNoisyGroup(queueName, visibilityTimeoutSeconds)] : []),
    stalled(queueName, oldestMessageAgeSeconds),
    nearInFlightLimit(queueName),
  ];
}
