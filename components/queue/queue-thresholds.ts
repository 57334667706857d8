import type { ArgumentFaults } from "../argument-faults";
import { changeLevels, checkLevels, type LevelChanges, type Levels } from "../alarms/levels";

export interface QueueThresholds {
  /** Messages waiting: warning from, critical above. Default 1,000 and 10,000. */
  depth: Levels;
  /** Messages in the dead-letter queue: warning from, critical above. Default 1 and 50. */
  deadLetters: Levels;
  /** Age of the oldest message in seconds: warning above. Default: two attempts of the job timeout with a
   *  minute's wait before each, and 600 at least. */
  oldestMessageAgeSeconds: number;
}

/** What an environment sets otherwise. */
export interface QueueThresholdChanges {
  depth?: LevelChanges;
  deadLetters?: LevelChanges;
  oldestMessageAgeSeconds?: number;
}

/** What the thresholds are derived from and checked against. */
interface QueueTimes {
  jobTimeoutSeconds: number;
  visibilityTimeoutSeconds: number;
  messageRetentionSeconds: number;
}

/** Of an age; up to the longest that SQS keeps a message. */
export const ageRange = { min: 60, max: 1_209_600 };

/** A level of the dead-letter queue above this leaves an incident unseen. */
const mostDeadLettersUnseen = 10;

/** An age above this leaves an incident unseen, unless the queue hides messages for longer. */
const longestAgeUnseen = (visibilityTimeoutSeconds: number) =>
  Math.max(3600, 3 * visibilityTimeoutSeconds);

export const queueThresholds = (
  { jobTimeoutSeconds }: Pick<QueueTimes, "jobTimeoutSeconds">,
  changes: QueueThresholdChanges = {},
): QueueThresholds => ({
  depth: changeLevels({ warning: 1000, critical: 10_000 }, changes.depth),
  deadLetters: changeLevels({ warning: 1, critical: 50 }, changes.deadLetters),
  oldestMessageAgeSeconds:
    changes.oldestMessageAgeSeconds ?? Math.max(600, 2 * (jobTimeoutSeconds + 60)),
});

/** Refuses what would leave an incident unseen: the policy pack would, only later. */
export function checkQueueThresholds(
  faults: ArgumentFaults,
  { depth, deadLetters, oldestMessageAgeSeconds: age }: QueueThresholds,
  { visibilityTimeoutSeconds, messageRetentionSeconds }: QueueTimes,
): void {
  checkLevels(faults, "thresholds.depth", depth);
  // "Critical above 0" is a level: any dead letter at all.
  checkLevels(faults, "thresholds.deadLetters", deadLetters, { warning: 1, critical: 0 });
  const lowest = deadLetters.warning ?? deadLetters.critical ?? 0;
  faults.require(
    lowest <= mostDeadLettersUnseen,
    `thresholds.deadLetters begins at ${lowest}; one of its levels must be at most ${mostDeadLettersUnseen}, or dead letters stay unseen`,
  );
  const longest = longestAgeUnseen(visibilityTimeoutSeconds);
  faults
    .wholeNumber(
      "thresholds.oldestMessageAgeSeconds",
      age,
      { ...ageRange, max: longest },
      "whole seconds are allowed",
    )
    .require(
      age < messageRetentionSeconds,
      `thresholds.oldestMessageAgeSeconds is ${age}; it must be below messageRetentionSeconds (${messageRetentionSeconds}), or SQS deletes a message before anybody is notified`,
    );
}
