import { describe, visibilitySeconds } from "../queues";
import { stackRule } from "../stack-rule";
import { notKnown, readNumber } from "../unknown-values";
import { functionWorkersIn } from "../workers";

/** Does not report unknown values: `visibility-exceeds-worker-timeout` does. */
export const visibilityLeavesRoomForRetries = stackRule({
  name: "visibility-leaves-room-for-retries",
  description:
    "The visibility timeout of a queue is 6 times its function's timeout, plus the batching window.",
  reason:
    'AWS advises it, so that throttled calls can be retried (Lambda guide, "Using Lambda with SQS").',
  severity: "low",
  enforcementLevel: "advisory",
  settings: {
    defaults: { timesFunctionTimeout: 6 },
    schema: { timesFunctionTimeout: { type: "number", minimum: 1, default: 6 } },
  },
  judge: (resources, { timesFunctionTimeout }, findings) => {
    for (const { description, resource, queue, timeout } of functionWorkersIn(resources)) {
      if (queue.kind !== "here" || timeout.kind !== "known") continue;
      const visibility = visibilitySeconds(queue.resource);
      const window = readNumber(resource, "maximumBatchingWindowInSeconds") ?? 0;
      if (visibility === notKnown || window === notKnown) continue;
      const advised = timesFunctionTimeout * timeout.seconds + window;
      if (visibility <= timeout.seconds || visibility >= advised) continue;
      findings.violation(
        queue.resource,
        `queue ${describe(queue.resource)} has a visibility timeout of ${visibility} s; for ${description} with a timeout of ` +
          `${timeout.seconds} s and a batching window of ${window} s, AWS advises ${advised} s. ` +
          `Set visibilityTimeoutSeconds to ${advised}.`,
      );
    }
  },
});
