import type { PolicyResource } from "@pulumi/policy";
import { actionOf, metricAlarmsIn } from "../alarm-actions";
import type { Exemption } from "../exemptions";
import { exemptSchema, isExempt } from "../exemptions";
import { groupBy } from "../once";
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
      exempt: exemptSchema,
    },
  },
  judge: (resources, settings, findings) => {
    const queues = queuesIn(resources);
    const { certain, possible } = deadLetterQueues(resources, redrivesIn(resources));
    const alarms = new Alarms(watchersOf(metricAlarmsIn(resources), queues), resources);
    for (const queue of queues) {
      if (isExempt(queue, settings.exempt)) continue;
      const isDeadLetter = certain.has(queue);
      const required = isDeadLetter ? deadLetterDepth(settings) : oldestAge(settings, queue);
      const verdicts = alarms.verdictsOn(queue, required);
      if (verdicts.some(isGood)) continue;
      const kind = isDeadLetter ? "dead-letter queue" : "queue";
      const missing = `${kind} ${describe(queue)} has no ${required.what} alarm`;
      const open = verdicts.filter(({ faults }) => faults.length === 0);
      if (open.length > 0) {
        const why = open.flatMap(({ unknown }) => unknown).join("; ");
        findings.undecided(queue, `whether ${missing}: ${why}`);
        continue;
      }
      const asDeadLetter = () => alarms.verdictsOn(queue, deadLetterDepth(settings)).some(isGood);
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

/** Alarms by the queue that they watch, and those of which this is not known yet. */
class Alarms {
  private readonly byQueue: ReadonlyMap<PolicyResource, Watcher[]>;
  private readonly unclear: Watcher[];

  constructor(
    watchers: Watcher[],
    private readonly resources: PolicyResource[],
  ) {
    this.byQueue = groupBy(watchers, ({ watches }) =>
      watches.kind === "here"
        ? [watches.resource]
        : watches.kind === "unknown"
          ? watches.candidates
          : [],
    );
    this.unclear = watchers.filter(
      ({ watches }) => watches.kind === "unknown" && watches.candidates.length === 0,
    );
  }

  /** The verdict on every alarm that watches the queue or may watch it. */
  verdictsOn(queue: PolicyResource, required: RequiredAlarm): Verdict[] {
    return [...(this.byQueue.get(queue) ?? []), ...this.unclear]
      .filter(({ metric }) => metric === required.metric)
      .map((watcher) => {
        const { alarm, watches } = watcher;
        return watches.kind === "unknown"
          ? { faults: [], unknown: [`"${alarm.name}": ${watches.why}`] }
          : judgeAlarm(watcher, required, this.resources);
      });
  }
}

const isGood = ({ faults, unknown }: Verdict) => faults.length + unknown.length === 0;

interface Verdict {
  faults: string[];
  unknown: string[];
}

function judgeAlarm(
  watcher: Watcher,
  required: RequiredAlarm,
  resources: PolicyResource[],
): Verdict {
  const { alarm, statistic, periodSeconds } = watcher;
  const faults: string[] = [];
  const unknown: string[] = [];
  const label = `"${alarm.name}"`;
  const check = (property: string, value: unknown, holds: boolean, rule: string) => {
    if (value === notKnown) unknown.push(`${property} of ${label} is not known yet`);
    else if (!holds) faults.push(`${label} has ${property} ${String(value)}, ${rule}`);
  };
  if (watcher.expression === "may hide it") {
    faults.push(
      `${label} evaluates an expression that may be low while ${watcher.metric} is high (sums, MAX, FILL and factors of 1 or more cannot)`,
    );
    return { faults, unknown };
  }
  if (watcher.expression === notKnown) unknown.push(`the expression of ${label} is not known yet`);
  const comparison = readText(alarm, "comparisonOperator");
  const includesBound = comparison === "GreaterThanOrEqualToThreshold";
  check(
    "comparisonOperator",
    comparison,
    comparison === "GreaterThanThreshold" || includesBound,
    "which does not fire when the value rises",
  );
  const threshold = readNumber(alarm, "threshold");
  const isHigh = typeof threshold !== "number" || threshold > required.maximumThreshold;
  if (isHigh && typeof threshold === "number" && required.mayBeHigher !== undefined) {
    unknown.push(`whether threshold ${threshold} of ${label} is too high: ${required.mayBeHigher}`);
  } else {
    check("threshold", threshold, !isHigh, `more than the ${required.maximumThreshold} allowed`);
  }
  if (typeof threshold === "number") {
    const isAlwaysOn = includesBound ? threshold <= 0 : threshold < 0;
    check("threshold", threshold, !isAlwaysOn, "with which it is always on");
  }
  check("statistic", statistic, statistic !== "SampleCount", "which does not rise with the value");
  if (required.isMissingWhenIdle) {
    const missing = readText(alarm, "treatMissingData");
    check(
      "treatMissingData",
      missing,
      missing !== "breaching",
      "with which it stays on while the queue is idle",
    );
  }
  const datapoints =
    readNumber(alarm, "datapointsToAlarm") ?? readNumber(alarm, "evaluationPeriods") ?? 1;
  if (datapoints === notKnown || periodSeconds === notKnown) {
    unknown.push(`how soon ${label} fires is not known yet`);
  } else {
    const seconds = datapoints * (periodSeconds ?? 0);
    const limit = required.maximumSecondsToAlarm;
    check("a delay of", `${seconds} s`, seconds <= limit, `more than the ${limit} s allowed`);
  }
  for (const name of watcher.otherDimensions) {
    faults.push(
      `${label} has the dimension ${name}, but SQS reports no metric with that dimension`,
    );
  }
  const action = actionOf(alarm, resources);
  if (action.kind === "silent") faults.push(action.why);
  if (action.kind === "unknown") unknown.push(action.why);
  return { faults, unknown };
}
