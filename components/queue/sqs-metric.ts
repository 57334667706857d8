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

/** Waiting messages of quiet groups: of all but those that send, or are worked on, much more than the others. Published for fair
 *  queues only. Source: SQS guide, "Amazon SQS fair queues". */
export const messagesVisibleInQuietGroups = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateNumberOfMessagesVisibleInQuietGroups", "Maximum");

/** Messages in flight: received and not yet deleted. */
export const messagesInFlight = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateNumberOfMessagesNotVisible", "Maximum");

/** Seconds. On a standard queue, a message that was received three times is no longer counted. */
export const oldestMessageAge = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateAgeOfOldestMessage", "Maximum");

/** Seconds. Published for fair queues only. */
export const oldestMessageAgeInQuietGroups = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateAgeOfOldestMessageInQuietGroups", "Maximum");

/** Groups whose messages wait behind those of the others. Published for fair queues only. */
export const noisyGroups = (queueName: string): Metric =>
  sqsMetric(queueName, "ApproximateNumberOfNoisyGroups", "Maximum");
