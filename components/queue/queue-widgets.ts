import { graph, levelLines, type Widget } from "../dashboard/widgets";
import type { QueueThresholds } from "./queue-thresholds";
import { messagesInFlight, messagesVisible, oldestMessageAge, sqsMetric } from "./sqs-metric";

/** Graphs of a queue pair: depths, age, and messages sent, received and deleted. */
export function queueWidgets(
  { queueName, deadLetterQueueName }: { queueName: string; deadLetterQueueName: string },
  { depth, deadLetters, oldestMessageAgeSeconds }: QueueThresholds,
  region: string,
): Widget[] {
  const counted = (name: string, label: string) => ({
    metric: sqsMetric(queueName, name, "Sum"),
    label,
  });
  return [
    graph(
      "Queue",
      region,
      [
        { metric: messagesVisible(queueName), label: "waiting" },
        { metric: messagesInFlight(queueName), label: "in work" },
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
      [{ metric: oldestMessageAge(queueName), label: "age" }],
      levelLines({ warning: oldestMessageAgeSeconds }),
    ),
    graph("Messages", region, [
      counted("NumberOfMessagesSent", "sent"),
      counted("NumberOfMessagesReceived", "received"),
      counted("NumberOfMessagesDeleted", "deleted"),
    ]),
  ];
}
