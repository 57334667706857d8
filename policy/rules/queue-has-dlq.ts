import type { PolicyResource, ResourceValidationPolicy } from "@pulumi/policy";
import { isLeftOver, noteDeclaredRedrive } from "../declared-redrives";
import type { Exemption } from "../exemptions";
import { exemptSchema, isExempt } from "../exemptions";
import { fleetTags, fleetTagsSchema, type FleetTags } from "../fleet-tags";
import {
  describe,
  isFifo,
  queueNameInArn,
  queuesIn,
  retentionSeconds,
  visibilitySeconds,
} from "../queues";
import { groupBy } from "../once";
import type { Redrive } from "../redrives";
import type { Reference } from "../references";
import { deadLetterQueues, hasOutputInside, redrivesIn } from "../redrives";
import type { Findings } from "../stack-rule";
import { stackRule } from "../stack-rule";
import type { NotKnown } from "../unknown-values";
import { notKnown } from "../unknown-values";
import { workersIn } from "../workers";

interface Settings extends FleetTags {
  minimumMaxReceiveCount: number;
  exempt: Exemption<"queue">[];
}

const judgement = stackRule<Settings>({
  name: "queue-has-dlq",
  description:
    "Every queue has a dead-letter queue for messages that keep failing, which keeps them longer than the queue.",
  reason: "Without one, a message that fails is redelivered until it expires, and then it is lost.",
  severity: "critical",
  enforcementLevel: "mandatory",
  settings: {
    // With fewer than 3, one short failure of a dependency dead-letters good messages. The SQS guide recommends 5.
    defaults: { minimumMaxReceiveCount: 3, exempt: [], ...fleetTags },
    schema: {
      minimumMaxReceiveCount: { type: "integer", minimum: 1, maximum: 1000, default: 3 },
      exempt: exemptSchema("queue"),
      ...fleetTagsSchema,
    },
  },
  judge: (resources, settings, findings) => {
    const redrives = redrivesIn(resources).filter(({ holder }) => !isLeftOver(holder));
    const { certain, possible } = deadLetterQueues(resources, redrives);
    const workers = groupBy(workersIn(resources, settings), ({ queue }) => here(queue));
    const redrivesOf = groupBy(redrives, ({ source }) => here(source));
    for (const queue of queuesIn(resources)) {
      const own = redrivesOf.get(queue) ?? [];
      if (isExempt("queue", queue, settings.exempt)) continue;
      for (const redrive of own) judgeRedrive(queue, redrive, settings, findings);
      if (own.length > 0) continue;
      const [worker] = workers.get(queue) ?? [];
      if (certain.has(queue)) {
        if (worker !== undefined) {
          findings.violation(
            queue,
            `dead-letter queue ${describe(queue)} has no redrivePolicy itself, but ${worker.description} works on it, ` +
              "so messages that keep failing are redelivered there endlessly. Give it a dead-letter queue, or remove its consumer.",
          );
        }
        continue;
      }
      if (possible.has(queue)) {
        findings.undecided(
          queue,
          `whether queue ${describe(queue)}, which has no dead-letter queue, is one itself: ` +
            "a redrivePolicy that is not known yet may name it",
        );
      } else {
        findings.violation(
          queue,
          `queue ${describe(queue)} has no redrivePolicy, so messages that keep failing are redelivered until they expire. ` +
            "Set redrivePolicy to the ARN of a dead-letter queue with a maxReceiveCount of " +
            `${settings.minimumMaxReceiveCount} or more.`,
        );
      }
    }
    for (const { holder, source } of redrives) {
      if (source.kind === "unknown") {
        findings.undecided(holder, `which queue "${holder.name}" belongs to: ${source.why}`);
      }
    }
  },
});

export const queueHasDlq = {
  ...judgement,
  validateResource: noteDeclaredRedrive,
} satisfies ResourceValidationPolicy;

function judgeRedrive(
  queue: PolicyResource,
  redrive: Redrive,
  settings: Settings,
  findings: Findings,
): void {
  const { target, maxReceiveCount, text } = redrive;
  const of = `queue ${describe(queue)}`;
  if (typeof text === "string" && hasOutputInside(text)) {
    findings.violation(
      queue,
      `${of} has an Output inside JSON.stringify in its redrivePolicy, so AWS would get an error text instead of an ARN. ` +
        "Use pulumi.jsonStringify({ … }), which takes Outputs.",
    );
    return;
  }
  if (maxReceiveCount === notKnown) {
    findings.undecided(queue, `maxReceiveCount of ${of}: redrivePolicy is not known yet`);
  } else if (maxReceiveCount === undefined || maxReceiveCount < settings.minimumMaxReceiveCount) {
    findings.violation(
      queue,
      `${of} has maxReceiveCount ${maxReceiveCount ?? "missing"} in its redrivePolicy; ` +
        `${settings.minimumMaxReceiveCount} or more lets a message survive a short failure. ` +
        `Set maxReceiveCount to at least ${settings.minimumMaxReceiveCount}.`,
    );
  }
  const deliveredForSeconds =
    typeof maxReceiveCount === "number"
      ? times(maxReceiveCount, visibilitySeconds(queue))
      : notKnown;
  const kept = retentionSeconds(queue);
  if (deliveredForSeconds !== notKnown && kept !== notKnown && deliveredForSeconds >= kept) {
    findings.violation(
      queue,
      `${of} may deliver a message for ${deliveredForSeconds} s (maxReceiveCount × visibilityTimeoutSeconds) but keeps it for ` +
        `${kept} s, so it can expire before it is dead-lettered. Lower maxReceiveCount or raise messageRetentionSeconds.`,
    );
  }
  switch (target.kind) {
    case "here":
      judgePair(queue, target.resource, findings);
      break;
    case "elsewhere":
      judgeForeignTarget(queue, target.value, findings);
      break;
    case "unknown":
      findings.undecided(queue, `the dead-letter queue of ${of}: ${target.why}`);
      break;
    case "absent":
      findings.violation(
        queue,
        `${of} has the redrivePolicy ${String(redrive.text)}, which names no deadLetterTargetArn. ` +
          "Set it to the ARN of a dead-letter queue.",
      );
  }
}

const here = (reference: Reference): PolicyResource[] =>
  reference.kind === "here" ? [reference.resource] : [];

const times = (count: number, seconds: number | NotKnown) =>
  seconds === notKnown ? notKnown : count * seconds;

function judgePair(queue: PolicyResource, deadLetter: PolicyResource, findings: Findings): void {
  if (queue === deadLetter) {
    findings.violation(
      queue,
      `queue ${describe(queue)} is its own dead-letter queue, so failed messages never leave it. ` +
        "Name another queue in its redrivePolicy.",
    );
    return;
  }
  const pair = `queue ${describe(queue)} and its dead-letter queue ${describe(deadLetter)}`;
  const fifo = isFifo(queue);
  const deadLetterFifo = isFifo(deadLetter);
  if (fifo === notKnown || deadLetterFifo === notKnown) {
    findings.undecided(queue, `whether ${pair} are both FIFO or both standard`);
  } else if (fifo !== deadLetterFifo) {
    findings.violation(
      queue,
      `${pair} differ: fifoQueue is ${fifo} and ${deadLetterFifo}; SQS requires the same kind for both. ` +
        `Set fifoQueue of ${describe(deadLetter)} to ${fifo}.`,
    );
  }
  const kept = retentionSeconds(queue);
  const deadLetterKept = retentionSeconds(deadLetter);
  if (kept === notKnown || deadLetterKept === notKnown) {
    findings.undecided(
      queue,
      `whether ${describe(deadLetter)} keeps messages longer than its source`,
    );
  } else if (fifo === true ? deadLetterKept < kept : deadLetterKept <= kept) {
    // In a FIFO dead-letter queue the age of a message starts again, so the same time is enough.
    findings.violation(
      queue,
      `dead-letter queue ${describe(deadLetter)} keeps messages ${deadLetterKept} s, its source ` +
        `${describe(queue)} ${kept} s; a standard queue counts from when the message was first sent, so messages may expire as soon as they arrive. ` +
        "Set messageRetentionSeconds of the dead-letter queue to 1209600 (14 days), and of the source to less.",
    );
  }
}

function judgeForeignTarget(queue: PolicyResource, arn: string, findings: Findings): void {
  const of = `queue ${describe(queue)}`;
  const name = queueNameInArn(arn);
  if (name === undefined) {
    findings.violation(
      queue,
      `${of} redrives to ${arn}, which is not the ARN of an SQS queue. Name a dead-letter queue.`,
    );
    return;
  }
  const fifo = isFifo(queue);
  if (fifo !== notKnown && fifo !== name.endsWith(".fifo")) {
    findings.violation(
      queue,
      `${of} has fifoQueue ${fifo} but redrives to ${name}; SQS requires the same kind for both. ` +
        `Name a ${fifo ? "FIFO" : "standard"} dead-letter queue.`,
    );
  }
  findings.undecided(
    queue,
    `whether ${arn}, the dead-letter queue of ${of}, keeps messages longer than its source: it is not in this stack`,
  );
}
