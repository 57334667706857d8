import type { ArgumentFaults } from "../argument-faults";
import { changeLevels, checkLevels, type LevelChanges, type Levels } from "../alarms/levels";

export interface QueueThresholds {
  /** Waiting messages: warning at the level, critical above it. Default 1,000 and 10,000. */
  depth: Levels;
  /** Messages in the dead-letter queue: warning at the level, critical above it. Default 1 and 50. */
  deadLetters: Levels;
  /** Age of the oldest message in seconds: warning above it. Default: two attempts of the job timeout, with one
   *  minute of waiting before each, and at least 600; at most half of the retention. Of a fair queue, this is the age in
   *  quiet groups. */
  oldestMessageAgeSeconds: number;
}

/** Overrides of the defaults. */
export interface QueueThresholdChanges {
  depth?: LevelChanges;
  deadLetters?: LevelChanges;
  oldestMessageAgeSeconds?: number;
}

/** The times that the thresholds are derived from and checked against. */
interface QueueTimes {
  jobTimeoutSeconds: number;
  visibilityTimeoutSeconds: number;
  messageRetentionSeconds: number;
}

/** 14 days. Source: SQS SetQueueAttributes. */
export const longestRetentionSeconds = 1_209_600;

/** Allowed ages in seconds. */
export const ageRange = { min: 30, max: longestRetentionSeconds };

/** The levels where nothing else is given. */
export const defaultQueueLevels = {
  depth: { warning: 1000, critical: 10_000 },
  deadLetters: { warning: 1, critical: 50 },
};

/** If the lowest level is above this, an incident stays unnoticed. */
export const maximumDeadLetterLevel = 10;

/** An age above this lets an incident stay unnoticed, unless the visibility timeout is long. Seconds. */
export const maximumAge = (visibilityTimeoutSeconds: number) =>
  Math.max(3600, 3 * visibilityTimeoutSeconds);

export const queueThresholds = (
  {
    jobTimeoutSeconds,
    messageRetentionSeconds = longestRetentionSeconds,
  }: Pick<QueueTimes, "jobTimeoutSeconds"> & Partial<QueueTimes>,
  changes: QueueThresholdChanges = {},
): QueueThresholds => ({
  depth: changeLevels(defaultQueueLevels.depth, changes.depth),
  deadLetters: changeLevels(defaultQueueLevels.deadLetters, changes.deadLetters),
  oldestMessageAgeSeconds:
    changes.oldestMessageAgeSeconds ??
    // While the message is still there, in a queue that keeps messages for minutes only.
    Math.min(Math.max(600, 2 * (jobTimeoutSeconds + 60)), Math.floor(messageRetentionSeconds / 2)),
});

/** Refuses thresholds with which an incident stays unnoticed. The policy pack would refuse them too, but later. */
export function checkQueueThresholds(
  faults: ArgumentFaults,
  { depth, deadLetters, oldestMessageAgeSeconds: age }: QueueThresholds,
  { visibilityTimeoutSeconds, messageRetentionSeconds }: QueueTimes,
): void {
  checkLevels(faults, "thresholds.depth", depth);
  // 0 is allowed for the critical level: "above 0" means any dead letter.
  checkLevels(faults, "thresholds.deadLetters", deadLetters, { warning: 1, critical: 0 });
  const lowest = deadLetters.warning ?? deadLetters.critical ?? 0;
  faults.require(
    lowest <= maximumDeadLetterLevel,
    `thresholds.deadLetters begins at ${lowest}; one of its levels must be at most ${maximumDeadLetterLevel}, or dead letters stay unnoticed`,
  );
  const highest = maximumAge(visibilityTimeoutSeconds);
  faults
    .wholeNumber(
      "thresholds.oldestMessageAgeSeconds",
      age,
      { ...ageRange, max: highest },
      "whole seconds are allowed",
    )
    .require(
      age < messageRetentionSeconds,
      `thresholds.oldestMessageAgeSeconds is ${age}; it must be below messageRetentionSeconds (${messageRetentionSeconds}), or SQS deletes a message before anybody is notified`,
    );
}
