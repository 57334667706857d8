import type { Metric } from "../alarms/alarm-spec";

/** A metric that SQS publishes every minute. Source: SQS guide, "Available CloudWatch metrics". */
export const sqsMetric = (queueName: string, name: string, statistic: string): Metric => ({
  namespace: "AWS/SQS",
  name,
  statistic,
  dimensions: { QueueName: queueName },
});

/** Messages that wait. Maximum, because Sum adds up the samples of a period and inflates the number. */
export const messagesVisible = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateNumberOfMessagesVisible", "Maximum");

/** Messages that consumers hold. */
export const messagesInFlight = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateNumberOfMessagesNotVisible", "Maximum");

/** Seconds. On a standard queue a message that was received three times drops out of it. */
export const oldestMessageAge = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateAgeOfOldestMessage", "Maximum");
