import type { PolicyResource } from "@pulumi/policy";
import { actionOf, metricAlarmsIn } from "../alarm-actions";
import type { Exemption } from "../exemptions";
import { exemptSchema, isExempt } from "../exemptions";
import { describe, queuesIn, visibilitySeconds } from "../queues";
import { deadLetterQueues, redrivesIn } from "../redrives";
import { stackRule } from "../stack-rule";
import { notKnown, readNumber, readText } from "../unknown-values";
import type { Watcher } from "../watchers";
import { watchersOf } from "../watchers";

interface Settings {
  maximumDeadLetterDepth: number;
  maximumAgeSeconds: number;
  maximumTimesVisibility: number;
  maximumSecondsToAlarm: number;
  exempt: Exemption[];
}

/** What an alarm has to watch to count. */
interface Need {
  what: string;
  metric: string;
  statistic: string | undefined;
  maximumThreshold: number;
  /** Why a higher threshold may be right after all. */
  mayBeHigher?: string;
  maximumSecondsToAlarm: number;
  /** Whether the metric is missing whenever there is nothing to watch. */
  isMissingWhenIdle: boolean;
}

const deadLetterDepth = (settings: Settings): Need => ({
  what: "depth",
  metric: "ApproximateNumberOfMessagesVisible",
  // Sum adds up the samples of a period and inflates the depth.
  statistic: "Maximum",
  maximumThreshold: settings.maximumDeadLetterDepth,
  maximumSecondsToAlarm: settings.maximumSecondsToAlarm,
  // SQS stops reporting a queue six hours after anything last happened to it.
  isMissingWhenIdle: true,
});

function oldestAge(settings: Settings, queue: PolicyResource): Need {
  const visibility = visibilitySeconds(queue);
  return {
    what: "oldest-message age",
    metric: "ApproximateAgeOfOldestMessage",
    statistic: undefined,
    // Where one attempt may take long, a message is old before anything is wrong.
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
    "Every queue has an alarm on its oldest message, every dead-letter queue one on its depth.",
  reason:
    "58,524 messages were redelivered endlessly in one queue, 991 lay in a dead-letter queue, and nobody was notified.",
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
        description: "Messages; a higher threshold does not count as an alarm.",
      },
      maximumAgeSeconds: {
        type: "integer",
        minimum: 60,
        default: 3600,
        description:
          "Seconds; a higher threshold does not count as an alarm, unless maximumTimesVisibility allows it.",
      },
      maximumTimesVisibility: {
        type: "number",
        minimum: 0,
        default: 3,
        description:
          "Times the queue's visibility timeout; a threshold up to that counts as an alarm too.",
      },
      maximumSecondsToAlarm: {
        type: "integer",
        minimum: 60,
        default: 3600,
        description: "Period times datapoints; an alarm that takes longer does not count as one.",
      },
      exempt: exemptSchema,
    },
  },
  judge: (resources, settings, findings) => {
    const queues = queuesIn(resources);
    const { certain, possible } = deadLetterQueues(resources, redrivesIn(resources));
    const alarms = watchersOf(metricAlarmsIn(resources), queues);
    for (const queue of queues) {
      if (isExempt(queue, settings.exempt)) continue;
      const isDeadLetter = certain.has(queue);
      const need = isDeadLetter ? deadLetterDepth(settings) : oldestAge(settings, queue);
      const verdicts = verdictsOf(alarms, queue, need, resources);
      if (verdicts.some(isGood)) continue;
      const kind = isDeadLetter ? "dead-letter queue" : "queue";
      const missing = `${kind} ${describe(queue)} has no ${need.what} alarm`;
      const open = verdicts.filter(({ faults }) => faults.length === 0);
      if (open.length > 0) {
        const why = open.flatMap(({ unknown }) => unknown).join("; ");
        findings.undecided(queue, `whether ${missing}: ${why}`);
        continue;
      }
      const asDeadLetter = () =>
        verdictsOf(alarms, queue, deadLetterDepth(settings), resources).some(isGood);
      if (possible.has(queue) && !isDeadLetter && asDeadLetter()) {
        findings.undecided(
          queue,
          `${missing}, which it needs unless it is a dead-letter queue: a redrivePolicy that is not known yet may name it`,
        );
        continue;
      }
      const faults = verdicts.flatMap((verdict) => verdict.faults).join("; ");
      const statistic = need.statistic === undefined ? "" : ` (${need.statistic})`;
      findings.violation(
        queue,
        `${missing} that reaches anybody${faults === "" ? "" : `: ${faults}`}. ` +
          `Add a metric alarm on AWS/SQS ${need.metric}${statistic} with the dimension QueueName, a threshold of at most ` +
          `${need.maximumThreshold} and an alarmActions entry.`,
      );
    }
  },
});

/** What every alarm that watches the queue, or perhaps does, is worth. */
const verdictsOf = (
  alarms: Watcher[],
  queue: PolicyResource,
  need: Need,
  resources: PolicyResource[],
): Verdict[] =>
  alarms
    .filter(({ metric }) => metric === need.metric)
    .flatMap((watcher): Verdict[] => {
      const { alarm, watches } = watcher;
      if (watches.kind === "here" && watches.resource === queue) {
        return [judgeAlarm(watcher, need, resources)];
      }
      const perhaps =
        watches.kind === "unknown" &&
        (watches.candidates.length === 0 || watches.candidates.includes(queue));
      return perhaps ? [{ faults: [], unknown: [`"${alarm.name}": ${watches.why}`] }] : [];
    });

const isGood = ({ faults, unknown }: Verdict) => faults.length + unknown.length === 0;

interface Verdict {
  faults: string[];
  unknown: string[];
}

function judgeAlarm(watcher: Watcher, need: Need, resources: PolicyResource[]): Verdict {
  const { alarm, statistic, periodSeconds } = watcher;
  const faults: string[] = [];
  const unknown: string[] = [];
  const called = `"${alarm.name}"`;
  const check = (property: string, value: unknown, holds: boolean, rule: string) => {
    if (value === notKnown) unknown.push(`${property} of ${called} is not known yet`);
    else if (!holds) faults.push(`${called} has ${property} ${String(value)}, ${rule}`);
  };
  if (watcher.isPartOfExpression) {
    faults.push(`${called} judges an expression, which may hide the value`);
    return { faults, unknown };
  }
  const comparison = readText(alarm, "comparisonOperator");
  const includesBound = comparison === "GreaterThanOrEqualToThreshold";
  check(
    "comparisonOperator",
    comparison,
    comparison === "GreaterThanThreshold" || includesBound,
    "which does not fire when the value rises",
  );
  const threshold = readNumber(alarm, "threshold");
  const isHigh = typeof threshold !== "number" || threshold > need.maximumThreshold;
  if (isHigh && typeof threshold === "number" && need.mayBeHigher !== undefined) {
    unknown.push(`whether threshold ${threshold} of ${called} is too high: ${need.mayBeHigher}`);
  } else {
    check("threshold", threshold, !isHigh, `more than the ${need.maximumThreshold} allowed`);
  }
  if (typeof threshold === "number") {
    const isAlwaysOn = includesBound ? threshold <= 0 : threshold < 0;
    check("threshold", threshold, !isAlwaysOn, "with which it is always on and says nothing new");
  }
  if (need.statistic !== undefined) {
    check("statistic", statistic, statistic === need.statistic, `which must be ${need.statistic}`);
  } else {
    check(
      "statistic",
      statistic,
      statistic !== "SampleCount",
      "which does not rise with the value",
    );
  }
  if (need.isMissingWhenIdle) {
    const missing = readText(alarm, "treatMissingData");
    check(
      "treatMissingData",
      missing,
      missing !== "breaching",
      "with which an idle queue keeps it on",
    );
  }
  const datapoints =
    readNumber(alarm, "datapointsToAlarm") ?? readNumber(alarm, "evaluationPeriods") ?? 1;
  if (datapoints === notKnown || periodSeconds === notKnown) {
    unknown.push(`how soon ${called} fires is not known yet`);
  } else {
    const seconds = datapoints * (periodSeconds ?? 0);
    const limit = need.maximumSecondsToAlarm;
    check("to wait", `${seconds} s`, seconds <= limit, `more than the ${limit} s allowed`);
  }
  for (const name of watcher.otherDimensions) {
    faults.push(`${called} has the dimension ${name}, with which SQS reports nothing`);
  }
  const action = actionOf(alarm, resources);
  if (action.kind === "silent") faults.push(action.why);
  if (action.kind === "unknown") unknown.push(action.why);
  return { faults, unknown };
}
