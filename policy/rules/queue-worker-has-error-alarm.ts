import type { PolicyResource } from "@pulumi/policy";
import { AlarmVerdict } from "../alarm-verdict";
import type { Exemption } from "../exemptions";
import { exemptSchema, isExempt } from "../exemptions";
import type { Callee } from "../functions";
import { describe } from "../queues";
import type { Findings } from "../stack-rule";
import { stackRule } from "../stack-rule";
import { notKnown, readNumber, readText } from "../unknown-values";
import type { Watcher } from "../watchers";
import { functionWatchersIn, Watchers } from "../watchers";
import type { FunctionWorker } from "../workers";
import { functionWorkersIn } from "../workers";

interface Settings {
  maximumErrors: number;
  maximumSecondsToAlarm: number;
  exempt: Exemption<"function">[];
}

export const queueWorkerHasErrorAlarm = stackRule<Settings>({
  name: "queue-worker-has-error-alarm",
  description: "Every function of the stack that works on a queue has an alarm on its errors.",
  reason:
    "In an incident, a function that lacked a module failed for three days, and nobody was notified until 991 messages were in its dead-letter queue.",
  severity: "critical",
  enforcementLevel: "mandatory",
  settings: {
    defaults: { maximumErrors: 10, maximumSecondsToAlarm: 3600, exempt: [] },
    schema: {
      maximumErrors: {
        type: "integer",
        minimum: 0,
        default: 10,
        description:
          "Errors in one period. An alarm on the Sum of Errors alone with a higher threshold does not count.",
      },
      maximumSecondsToAlarm: {
        type: "integer",
        minimum: 60,
        default: 3600,
        description:
          "Seconds, period times datapoints. An alarm that needs longer to fire does not count.",
      },
      exempt: exemptSchema("function"),
    },
  },
  judge: (resources, settings, findings) => {
    const alarms = new Watchers(functionWatchersIn(resources));
    const reported = new Set<PolicyResource>();
    for (const worker of functionWorkersIn(resources)) {
      const called = worker.callee.function;
      if (called.kind === "unknown") {
        findings.undecided(
          worker.resource,
          `whether the ${worker.description} has an error alarm: ${called.why}`,
        );
      }
      // The stack of the function has its alarms.
      if (called.kind !== "here" || reported.has(called.resource)) continue;
      if (isExempt("function", called.resource, settings.exempt)) continue;
      const verdicts = alarms
        .of(called.resource, "Errors")
        .map((watcher) => judgeAlarm(watcher, worker.callee, settings, resources));
      if (verdicts.some(({ isGood }) => isGood)) continue;
      if (report(called.resource, worker, verdicts, findings)) reported.add(called.resource);
    }
  },
});

/** Returns whether it is a violation. */
function report(
  called: PolicyResource,
  { resource: mapping, queue, isOnQueue }: FunctionWorker,
  verdicts: AlarmVerdict[],
  findings: Findings,
): boolean {
  const missing =
    `function ${describe(called)}, which event source mapping "${mapping.name}" calls for messages of a queue, ` +
    "has no error alarm";
  const open = verdicts.filter(({ faults }) => faults.length === 0);
  const unknown = open.flatMap((verdict) => verdict.unknown);
  if (isOnQueue === notKnown && queue.kind === "unknown") unknown.push(queue.why);
  if (unknown.length > 0) {
    findings.undecided(called, `whether ${missing}: ${unknown.join("; ")}`);
    return false;
  }
  const faults = verdicts.flatMap((verdict) => verdict.faults).join("; ");
  findings.violation(
    called,
    `${missing} that notifies someone${faults === "" ? "" : `: ${faults}`}. ` +
      "Add a metric alarm on AWS/Lambda Errors (Sum) with the dimension FunctionName, alone or in an expression, " +
      "that has an alarmActions entry.",
  );
  return true;
}

function judgeAlarm(
  watcher: Watcher,
  { qualifier }: Callee,
  settings: Settings,
  resources: PolicyResource[],
): AlarmVerdict {
  const { alarm, watches, statistic, expression, otherDimensions } = watcher;
  const verdict = new AlarmVerdict(watcher);
  const { label, faults, unknown } = verdict;
  if (watches.kind === "unknown") return verdict;
  if (expression === "does not use it") {
    faults.push(`${label} evaluates an expression that does not use Errors`);
    return verdict;
  }
  verdict.firesUpwards();
  const threshold = readNumber(alarm, "threshold");
  verdict.check("threshold", threshold, threshold !== undefined, "so it never fires");
  // The values of each call are 0 and 1.
  verdict.check("statistic", statistic, statistic !== "SampleCount", "which counts all calls");
  if (expression === "none") {
    judgeErrorsAlone(verdict, watcher, settings);
    verdict.isOffWithoutData("while nothing calls the function");
  }
  verdict.firesWithin(settings.maximumSecondsToAlarm);
  for (const [name, value] of otherDimensions) {
    if (name !== "Resource") {
      faults.push(`${label} has the dimension ${name}, so it does not watch every call`);
    } else if (value === notKnown || qualifier === notKnown) {
      unknown.push(`whether ${label} watches the alias that is called is not known yet`);
    } else if (value?.split(":")[1] !== qualifier) {
      faults.push(
        `${label} has the dimension Resource ${value}, but ${qualifier ?? "no alias"} is called`,
      );
    }
  }
  verdict.notifies(resources);
  return verdict;
}

/** Whether the threshold fits the metric. The scale of an expression is not known. */
function judgeErrorsAlone(
  verdict: AlarmVerdict,
  { alarm, statistic }: Watcher,
  settings: Settings,
) {
  const threshold = readNumber(alarm, "threshold");
  if (typeof threshold !== "number" || typeof statistic !== "string") return;
  if (statistic === "Sum") {
    const limit = settings.maximumErrors;
    verdict.check("threshold", threshold, threshold <= limit, `more than the ${limit} allowed`);
  } else if (statistic === "Minimum") {
    verdict.check("statistic", statistic, false, "which is 0 if one call succeeds");
  } else if (/^(Average|Maximum|p\d.*)$/.test(statistic)) {
    const comparison = readText(alarm, "comparisonOperator");
    const fires = comparison === "GreaterThanOrEqualToThreshold" ? threshold <= 1 : threshold < 1;
    const rule = `with which it never fires: the ${statistic} of Errors is at most 1`;
    verdict.check("threshold", threshold, fires, rule);
  }
}
