import type { PolicyResource } from "@pulumi/policy";
import { actionOf, metricAlarmsIn } from "../alarm-actions";
import type { Exemption } from "../exemptions";
import { exemptSchema, isExempt } from "../exemptions";
import { describe, isNamed, queuesIn } from "../queues";
import { deadLetterQueues, redrivesIn } from "../redrives";
import type { Reference } from "../references";
import { follow, sameRegion } from "../references";
import { stackRule } from "../stack-rule";
import { notKnown, readNumber, readText } from "../unknown-values";

interface Settings {
  maximumDeadLetterDepth: number;
  maximumAgeSeconds: number;
  exempt: Exemption[];
}

/** What an alarm has to watch to count. */
interface Need {
  what: string;
  metric: string;
  statistic: string | undefined;
  maximumThreshold: number;
}

const deadLetterDepth = (settings: Settings): Need => ({
  what: "depth",
  metric: "ApproximateNumberOfMessagesVisible",
  // Sum adds up the samples of a period and inflates the depth.
  statistic: "Maximum",
  maximumThreshold: settings.maximumDeadLetterDepth,
});

const oldestAge = (settings: Settings): Need => ({
  what: "oldest-message age",
  metric: "ApproximateAgeOfOldestMessage",
  statistic: undefined,
  maximumThreshold: settings.maximumAgeSeconds,
});

export const queueHasAlarms = stackRule<Settings>({
  name: "queue-has-alarms",
  description:
    "Every queue has an alarm on its oldest message, every dead-letter queue one on its depth.",
  reason:
    "58,524 messages circled in one queue and 991 lay in a dead-letter queue, and nobody heard of it.",
  severity: "critical",
  enforcementLevel: "mandatory",
  settings: {
    defaults: { maximumDeadLetterDepth: 10, maximumAgeSeconds: 3600, exempt: [] },
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
        description: "Seconds; a higher threshold does not count as an alarm.",
      },
      exempt: exemptSchema,
    },
  },
  judge: (resources, settings, findings) => {
    const queues = queuesIn(resources);
    const { certain } = deadLetterQueues(resources, redrivesIn(resources));
    const alarms = watchersOf(metricAlarmsIn(resources), queues);
    for (const queue of queues) {
      if (isExempt(queue, settings.exempt)) continue;
      const isDeadLetter = certain.has(queue);
      const need = isDeadLetter ? deadLetterDepth(settings) : oldestAge(settings);
      const verdicts = alarms
        .filter(({ metric }) => metric === need.metric)
        .flatMap(({ alarm, watches }): Verdict[] => {
          if (watches.kind === "here" && watches.resource === queue) {
            return [judgeAlarm(alarm, need, resources)];
          }
          const perhaps =
            watches.kind === "unknown" &&
            (watches.candidates.length === 0 || watches.candidates.includes(queue));
          return perhaps ? [{ faults: [], unknown: [`"${alarm.name}": ${watches.why}`] }] : [];
        });
      if (verdicts.some(({ faults, unknown }) => faults.length + unknown.length === 0)) continue;
      const kind = isDeadLetter ? "dead-letter queue" : "queue";
      const missing = `${kind} ${describe(queue)} has no ${need.what} alarm`;
      const open = verdicts.filter(({ faults }) => faults.length === 0);
      if (open.length > 0) {
        const why = open.flatMap(({ unknown }) => unknown).join("; ");
        findings.undecided(queue, `whether ${missing}: ${why}`);
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

interface Verdict {
  faults: string[];
  unknown: string[];
}

interface Watcher {
  alarm: PolicyResource;
  metric: string | undefined;
  watches: Reference;
}

function watchersOf(alarms: PolicyResource[], queues: PolicyResource[]): Watcher[] {
  return alarms
    .filter((alarm) => readText(alarm, "namespace") === "AWS/SQS")
    .map((alarm) => {
      const metric = readText(alarm, "metricName");
      return {
        alarm,
        metric: metric === notKnown ? undefined : metric,
        watches: follow(
          alarm,
          ["dimensions", "QueueName"],
          queues.filter((queue) => sameRegion(queue, alarm)),
          isNamed,
        ),
      };
    });
}

function judgeAlarm(alarm: PolicyResource, need: Need, resources: PolicyResource[]): Verdict {
  const faults: string[] = [];
  const unknown: string[] = [];
  const called = `"${alarm.name}"`;
  const check = (property: string, value: unknown, holds: boolean, rule: string) => {
    if (value === notKnown) unknown.push(`${property} of ${called} is not known yet`);
    else if (!holds) faults.push(`${called} has ${property} ${String(value)}, ${rule}`);
  };
  const comparison = readText(alarm, "comparisonOperator");
  check(
    "comparisonOperator",
    comparison,
    comparison === "GreaterThanThreshold" || comparison === "GreaterThanOrEqualToThreshold",
    "which does not fire when the value rises",
  );
  const threshold = readNumber(alarm, "threshold");
  check(
    "threshold",
    threshold,
    typeof threshold === "number" && threshold <= need.maximumThreshold,
    `more than the ${need.maximumThreshold} allowed`,
  );
  if (need.statistic !== undefined) {
    const statistic = readText(alarm, "statistic");
    check("statistic", statistic, statistic === need.statistic, `which must be ${need.statistic}`);
  }
  const action = actionOf(alarm, resources);
  if (action.kind === "silent") faults.push(action.why);
  if (action.kind === "unknown") unknown.push(action.why);
  return { faults, unknown };
}
