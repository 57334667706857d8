import { fleetTags, fleetTagsSchema, type FleetTags } from "../fleet-tags";
import { describe, visibilitySeconds } from "../queues";
import type { Findings } from "../stack-rule";
import { stackRule } from "../stack-rule";
import { notKnown } from "../unknown-values";
import type { Worker } from "../workers";
import { workersIn } from "../workers";

export const visibilityExceedsWorkerTimeout = stackRule<FleetTags>({
  name: "visibility-exceeds-worker-timeout",
  description:
    "The visibility timeout of a queue is longer than its worker may take for a message.",
  reason:
    "Otherwise a second worker receives the message while the first still works on it, and it is processed twice.",
  severity: "high",
  enforcementLevel: "mandatory",
  settings: { defaults: fleetTags, schema: fleetTagsSchema },
  judge: (resources, tags, findings) => {
    for (const worker of workersIn(resources, tags)) judgeWorker(worker, findings);
  },
});

function judgeWorker({ description, resource, queue, timeout }: Worker, findings: Findings): void {
  if (timeout.kind === "invalid") {
    findings.violation(
      resource,
      `${description} states its queue but not how long one message may take: ${timeout.fault}. ` +
        "Set it to the job timeout in seconds.",
    );
    return;
  }
  const undecided = (why: string) =>
    findings.undecided(
      resource,
      `whether the visibility timeout suffices for ${description}: ${why}`,
    );
  if (queue.kind === "absent") return;
  if (queue.kind === "elsewhere") return undecided(`queue ${queue.value} is not in this stack`);
  if (queue.kind === "unknown") return undecided(queue.why);
  if (timeout.kind === "unknown") return undecided(timeout.why);
  const visibility = visibilitySeconds(queue.resource);
  const label = `queue ${describe(queue.resource)}`;
  if (visibility === notKnown) {
    return undecided(`visibilityTimeoutSeconds of ${label} is not known yet`);
  }
  if (visibility <= timeout.seconds) {
    findings.violation(
      queue.resource,
      `${label} has a visibility timeout of ${visibility} s, but ${description} may work on it for ${timeout.seconds} s; ` +
        `then SQS delivers it a second time. Set visibilityTimeoutSeconds above ${timeout.seconds} ` +
        "(for a function to 6 times its timeout, as AWS advises) or lower the worker's timeout.",
    );
  }
}
