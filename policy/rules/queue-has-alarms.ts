import type { PolicyResource } from "@pulumi/policy";
import { AlarmVerdict } from "../alarm-verdict";
import type { Exemption } from "../exemptions";
import { exemptSchema, isExempt } from "../exemptions";
import { describe, queuesIn, visibilitySeconds } from "../queues";
import { deadLetterQueues, redrivesIn } from "../redrives";
import { stackRule } from "../stack-rule";
import { notKnown, readNumber } from "../unknown-values";
import type { Watcher } from "../watchers";
import { queueWatchersIn, Watchers } from "../watchers";

interface Settings {
  maximumDeadLetterDepth: number;
  maximumAgeSeconds: number;
  maximumTimesVisibility: number;
  maximumSecondsToAlarm: number;
  exempt: Exemption<"queue">[];
}

/** The alarm that a queue must have. */
interface RequiredAlarm {
  what: string;
  metric: string;
  statistic: string | undefined;
  maximumThreshold: number;
  /** Why a higher threshold may be allowed: a value that is not known yet. */
  mayBeHigher?: string;
  maximumSecondsToAlarm: number;
  /** Whether SQS stops reporting the metric for an idle queue. */
  isMissingWhenIdle: boolean;
}

const deadLetterDepth = (settings: Settings): RequiredAlarm => ({
  what: "depth",
  metric: "ApproximateNumberOfMessagesVisible",
  statistic: "Maximum",
  maximumThreshold: settings.maximumDeadLetterDepth,
  maximumSecondsToAlarm: settings.maximumSecondsToAlarm,
  // SQS stops reporting a queue that was idle for six hours.
  isMissingWhenIdle: true,
});

function oldestAge(settings: Settings, queue: PolicyResource): RequiredAlarm {
  const visibility = visibilitySeconds(queue);
  return {
    what: "oldest-message age",
    metric: "ApproximateAgeOfOldestMessage",
    statistic: undefined,
    // If one attempt may take long, a message becomes old although nothing is wrong.
    maximumThreshold: Math.max(
      settings.maximumAgeSeconds,
      visibility === notKnown ? 0 : settings.maximumTimesVisibility * visibility,
    ),
    ...(visibility === notKnown
      ? { mayBeHigher: `visibilityTimeoutSeconds of queue ${describe(queue)} is not known yet` }
      : {}),
    maximumSecondsToAlarm: settings.maximumSecondsToAlarm,
    isMissingWhenIdle: false,
  };
}

export const queueHasAlarms = stackRule<Settings>({
  name: "queue-has-alarms",
  description:
    "Every queue has an alarm on the age of its oldest message, and every dead-letter queue has an alarm on its depth.",
  reason:
    "In an incident, 58,524 messages were redelivered endlessly and 991 were in a dead-letter queue, and nobody was notified.",
  severity: "critical",
  enforcementLevel: "mandatory",
  settings: {
    defaults: {
      maximumDeadLetterDepth: 10,
      maximumAgeSeconds: 3600,
      maximumTimesVisibility: 3,
      maximumSecondsToAlarm: 3600,
      exempt: [],
    },
    schema: {
      maximumDeadLetterDepth: {
        type: "integer",
        minimum: 0,
        default: 10,
        description: "Messages. An alarm with a higher threshold does not count.",
      },
      maximumAgeSeconds: {
        type: "integer",
        minimum: 60,
        default: 3600,
        description:
          "Seconds. An alarm with a higher threshold does not count, unless maximumTimesVisibility allows it.",
      },
      maximumTimesVisibility: {
        type: "number",
        minimum: 0,
        default: 3,
        description:
          "Factor. An alarm with a threshold of up to this factor times the queue's visibility timeout counts too.",
      },
      maximumSecondsToAlarm: {
        type: "integer",
        minimum: 60,
        default: 3600,
        description:
          "Seconds, period times datapoints. An alarm that needs longer to fire does not count.",
      },
      exempt: exemptSchema("queue"),
    },
  },
  judge: (resources, settings, findings) => {
    const queues = queuesIn(resources);
    const { certain, possible } = deadLetterQueues(resources, redrivesIn(resources));
    const alarms = new Watchers(queueWatchersIn(resources));
    const verdictsOn = (queue: PolicyResource, required: RequiredAlarm) =>
      alarms.of(queue, required.metric).map((watcher) => judgeAlarm(watcher, required, resources));
    for (const queue of queues) {
      if (isExempt("queue", queue, settings.exempt)) continue;
      const isDeadLetter = certain.has(queue);
      const required = isDeadLetter ? deadLetterDepth(settings) : oldestAge(settings, queue);
      const verdicts = verdictsOn(queue, required);
      if (verdicts.some(({ isGood }) => isGood)) continue;
      const kind = isDeadLetter ? "dead-letter queue" : "queue";
      const missing = `${kind} ${describe(queue)} has no ${required.what} alarm`;
      const open = verdicts.filter(({ faults }) => faults.length === 0);
      if (open.length > 0) {
        const why = open.flatMap(({ unknown }) => unknown).join("; ");
        findings.undecided(queue, `whether ${missing}: ${why}`);
        continue;
      }
      const asDeadLetter = () =>
        verdictsOn(queue, deadLetterDepth(settings)).some(({ isGood }) => isGood);
      if (possible.has(queue) && !isDeadLetter && asDeadLetter()) {
        findings.undecided(
          queue,
          `${missing}, which it must have unless it is a dead-letter queue: a redrivePolicy that is not known yet may name it`,
        );
        continue;
      }
      const faults = verdicts.flatMap((verdict) => verdict.faults).join("; ");
      const statistic = required.statistic === undefined ? "" : ` (${required.statistic})`;
      findings.violation(
        queue,
        `${missing} that notifies someone${faults === "" ? "" : `: ${faults}`}. ` +
          `Add a metric alarm on AWS/SQS ${required.metric}${statistic} with the dimension QueueName, a threshold of at most ` +
          `${required.maximumThreshold} and an alarmActions entry.`,
      );
    }
  },
});

function judgeAlarm(
  watcher: Watcher,
  required: RequiredAlarm,
  resources: PolicyResource[],
): AlarmVerdict {
  const { alarm, statistic } = watcher;
  const verdict = new AlarmVerdict(watcher);
  const { label, faults, unknown } = verdict;
  if (watcher.watches.kind === "unknown") return verdict;
  if (watcher.expression === "may hide it" || watcher.expression === "does not use it") {
    faults.push(
      `${label} evaluates an expression that may be low while ${watcher.metric} is high (sums, MAX, FILL and factors of 1 or more cannot)`,
    );
    return verdict;
  }
  verdict.firesUpwards();
  const threshold = readNumber(alarm, "threshold");
  const isHigh = typeof threshold !== "number" || threshold > required.maximumThreshold;
  if (isHigh && typeof threshold === "number" && required.mayBeHigher !== undefined) {
    unknown.push(`whether threshold ${threshold} of ${label} is too high: ${required.mayBeHigher}`);
  } else {
    verdict.check(
      "threshold",
      threshold,
      !isHigh,
      `more than the ${required.maximumThreshold} allowed`,
    );
  }
  verdict.check(
    "statistic",
    statistic,
    statistic !== "SampleCount",
    "which does not rise with the value",
  );
  if (required.isMissingWhenIdle) verdict.isOffWithoutData("while the queue is idle");
  verdict.firesWithin(required.maximumSecondsToAlarm);
  for (const name of watcher.otherDimensions.keys()) {
    faults.push(
      `${label} has the dimension ${name}, but SQS reports no metric with that dimension`,
    );
  }
  verdict.notifies(resources);
  return verdict;
}
