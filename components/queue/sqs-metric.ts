import type { Metric } from "../alarms/alarm-spec";

/** A metric that SQS publishes every minute. Source: SQS guide, "Available CloudWatch metrics". */
export const sqsMetric = (queueName: string, name: string, statistic: string): Metric => ({
  namespace: "AWS/SQS",
  name,
  statistic,
  dimensions: { QueueName: queueName },
});

/** Waiting messages. Maximum, because Sum adds the samples of a period and gives too high a number. */
export const messagesVisible = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateNumberOfMessagesVisible", "Maximum");

/** Messages in flight: received and not yet deleted. */
export const messagesInFlight = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateNumberOfMessagesNotVisible", "Maximum");

/** Seconds. On a standard queue, a message that was received three times is no longer counted. */
export const oldestMessageAge = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateAgeOfOldestMessage", "Maximum");
