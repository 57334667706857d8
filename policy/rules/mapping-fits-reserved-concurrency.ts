import type { PolicyResource } from "@pulumi/policy";
import type { Share } from "../concurrency-shares";
import { callsOf, takenBy, takenTogether } from "../concurrency-shares";
import { activityOf, concurrencyOf, hasBoth } from "../mapping-concurrency";
import { groupBy } from "../once";
import { describe } from "../queues";
import type { Findings } from "../stack-rule";
import { stackRule } from "../stack-rule";
import { notKnown, readNumber } from "../unknown-values";
import type { FunctionWorker } from "../workers";
import { functionWorkersIn } from "../workers";

/** The lowest maximum concurrency that Lambda allows. */
const minimumConcurrency = 2;

export const mappingFitsReservedConcurrency = stackRule({
  name: "mapping-fits-reserved-concurrency",
  description:
    "The mappings of a function that reserves concurrency never make more calls at a time than it reserves.",
  reason:
    "Otherwise Lambda refuses calls, and the messages of a refused call use up their receive counts: good messages are " +
    'dead-lettered (Lambda guide, "Configuring maximum concurrency for Amazon SQS event sources").',
  severity: "high",
  enforcementLevel: "mandatory",
  settings: { defaults: {}, schema: {} },
  judge: (resources, _settings, findings) => {
    const workers = functionWorkersIn(resources);
    for (const worker of workers) judgeMapping(worker, findings);
    const byFunction = groupBy(workers, ({ callee }) =>
      callee.function.kind === "here" ? [callee.function.resource] : [],
    );
    for (const [called, own] of byFunction) judgeFunction(called, own, findings);
  },
});

function judgeMapping(
  { description, resource: mapping, callee }: FunctionWorker,
  findings: Findings,
): void {
  const both = hasBoth(mapping);
  if (both === true) {
    findings.violation(
      mapping,
      `event source mapping "${mapping.name}" has scalingConfig.maximumConcurrency and provisionedPollerConfig, ` +
        "and Lambda allows only one of them. Remove one.",
    );
  } else if (both === notKnown) {
    findings.undecided(
      mapping,
      `whether event source mapping "${mapping.name}" has both scalingConfig.maximumConcurrency and provisionedPollerConfig, ` +
        "which Lambda refuses: one of them is not known yet",
    );
  }
  if (callee.function.kind === "unknown" && activityOf(mapping) !== "disabled") {
    findings.undecided(
      mapping,
      `whether the calls of the ${description} fit its reserved concurrency: ${callee.function.why}`,
    );
  }
}

function judgeFunction(
  called: PolicyResource,
  workers: FunctionWorker[],
  findings: Findings,
): void {
  const reserved = readNumber(called, "reservedConcurrentExecutions") ?? -1;
  const active = workers.filter(({ resource }) => activityOf(resource) !== "disabled");
  // The provider says -1 for a function that reserves nothing.
  if (active.length === 0 || (reserved !== notKnown && reserved < 0)) return;
  const label = `function ${describe(called)}`;
  const undecided = (why: string) =>
    findings.undecided(
      called,
      `whether the mappings of ${label} fit its reserved concurrency: ${why}`,
    );
  if (reserved === notKnown) {
    undecided("reservedConcurrentExecutions is not known yet");
    return;
  }

  const shares: Share[] = [];
  const open: string[] = [];
  for (const worker of active) {
    const { resource: mapping } = worker;
    const taken = takenBy(worker);
    const concurrency = concurrencyOf(mapping);
    if (concurrency.kind === "limited") {
      const { calls, text } = concurrency;
      shares.push({ calls, text: `"${mapping.name}" (${text})`, taken });
    } else if (reserved === 0) {
      shares.push({ calls: 1, text: `"${mapping.name}"`, taken });
    } else if (concurrency.kind === "unknown") {
      open.push(`"${mapping.name}": ${concurrency.why}`);
    } else if (taken.kind === "perhaps") {
      open.push(`"${mapping.name}": ${taken.why}`);
    } else {
      findings.violation(
        mapping,
        `event source mapping "${mapping.name}" has no limit of its calls, but ${label} reserves a concurrency of ${reserved}, ` +
          "so Lambda refuses calls, and their messages use up their receive counts. " +
          (reserved < minimumConcurrency
            ? `Reserve at least ${minimumConcurrency}, and set scalingConfig.maximumConcurrency to that.`
            : `Set scalingConfig.maximumConcurrency to at most ${reserved}.`),
      );
    }
  }
  const certain = takenTogether(shares);
  if (callsOf(certain) > reserved) {
    findings.violation(called, tooMany(label, reserved, certain));
  } else if (open.length > 0 || callsOf(shares) > reserved) {
    const doubts = shares.flatMap(({ text, taken }) =>
      taken.kind === "always" ? [] : [`${text}: ${taken.why}`],
    );
    undecided([...open, ...doubts].join("; "));
  }
}

function tooMany(label: string, reserved: number, shares: Share[]): string {
  const mappings = shares.map(({ text }) => text).join(", ");
  if (reserved === 0) {
    return (
      `${label} reserves a concurrency of 0, so Lambda refuses every call of its enabled mappings ${mappings}, ` +
      "and their messages use up their receive counts. To stop it, set enabled of the mappings to false instead."
    );
  }
  return (
    `${label} reserves a concurrency of ${reserved}, but its enabled mappings make up to ${callsOf(shares)} calls at a time: ${mappings}. ` +
    "Lambda refuses the calls above the reserved concurrency, and their messages use up their receive counts. " +
    `Set reservedConcurrentExecutions to at least ${callsOf(shares)}, or lower the maximum concurrency of the mappings.`
  );
}
