import { describe } from "../queues";
import { deadLetterQueues, redrivesIn } from "../redrives";
import { stackRule } from "../stack-rule";
import type { Watcher } from "../watchers";
import { queueWatchersIn } from "../watchers";

/** Alarms that `queue-has-alarms` accepts, although they fire earlier or later than their threshold says. */
export const depthAlarmIsExact = stackRule({
  name: "depth-alarm-is-exact",
  description:
    "The alarm on the depth of a dead-letter queue uses the Maximum of the metric alone.",
  reason: "Another statistic or an expression fires earlier or later than its threshold says.",
  severity: "low",
  enforcementLevel: "advisory",
  settings: { defaults: {}, schema: {} },
  judge: (resources, _settings, findings) => {
    const { certain } = deadLetterQueues(resources, redrivesIn(resources));
    for (const watcher of queueWatchersIn(resources)) {
      const { alarm, metric, watches } = watcher;
      if (metric !== "ApproximateNumberOfMessagesVisible") continue;
      if (watches.kind !== "here" || !certain.has(watches.resource)) continue;
      const effect = effectOf(watcher);
      if (effect === undefined) continue;
      findings.violation(
        alarm,
        `"${alarm.name}" on the depth of dead-letter queue ${describe(watches.resource)} ${effect}. Use the statistic Maximum of the metric alone.`,
      );
    }
  },
});

function effectOf({ expression, statistic }: Watcher): string | undefined {
  if (expression === "never below the metric") {
    return "evaluates an expression that other values may raise: it may fire earlier than its threshold says";
  }
  if (typeof statistic !== "string" || statistic === "Maximum") return undefined;
  return statistic === "Sum"
    ? "uses Sum, which adds the samples of a period: it fires earlier than its threshold says"
    : `uses ${statistic}: it fires later than its threshold says, when the messages have waited for a whole period`;
}
