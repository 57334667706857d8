import type { Metric } from "../alarms/alarm-spec";
import { graph, levelLines, type Line, type Widget } from "../dashboard/widgets";
import type { QueueThresholds } from "./queue-thresholds";
import {
  messagesInFlight,
  messagesVisible,
  messagesVisibleInQuietGroups,
  noisyGroups,
  oldestMessageAge,
  oldestMessageAgeInQuietGroups,
  sqsMetric,
} from "./sqs-metric";

/** Graphs of a queue pair: depths, age, and messages sent, received and deleted. Of a fair queue also what is in quiet groups. */
export function queueWidgets(
  {
    queueName,
    deadLetterQueueName,
    fair = false,
  }: { queueName: string; deadLetterQueueName: string; fair?: boolean },
  { depth, deadLetters, oldestMessageAgeSeconds }: QueueThresholds,
  region: string,
): Widget[] {
  const counted = (name: string, label: string) => ({
    metric: sqsMetric(queueName, name, "Sum"),
    label,
  });
  const ofFair = (metric: Metric, label: string): Line[] => (fair ? [{ metric, label }] : []);
  return [
    graph(
      "Queue",
      region,
      [
        { metric: messagesVisible(queueName), label: "waiting" },
        ...ofFair(messagesVisibleInQuietGroups(queueName), "waiting, quiet groups"),
        { metric: messagesInFlight(queueName), label: "in work" },
        ...ofFair(noisyGroups(queueName), "noisy groups"),
      ],
      levelLines(depth),
    ),
    graph(
      "Dead letters",
      region,
      [{ metric: messagesVisible(deadLetterQueueName), label: "dead letters" }],
      levelLines(deadLetters),
    ),
    graph(
      "Oldest message (s)",
      region,
      [
        { metric: oldestMessageAge(queueName), label: "age" },
        ...ofFair(oldestMessageAgeInQuietGroups(queueName), "age, quiet groups"),
      ],
      levelLines({ warning: oldestMessageAgeSeconds }),
    ),
    graph("Messages", region, [
      counted("NumberOfMessagesSent", "sent"),
      counted("NumberOfMessagesReceived", "received"),
      counted("NumberOfMessagesDeleted", "deleted"),
    ]),
  ];
}
