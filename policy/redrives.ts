import type { PolicyResource } from "@pulumi/policy";
import { hasArn, hasUrl, queuesIn } from "./queues";
import { once } from "./once";
import type { Reference } from "./references";
import { follow, followValue } from "./references";
import type { NotKnown } from "./unknown-values";
import { notKnown, readText, toNumber } from "./unknown-values";

/** A redrive policy, either a property of the queue or a separate resource. */
export interface Redrive {
  /** The queue itself, or the separate redrive policy resource. */
  holder: PolicyResource;
  source: Reference;
  target: Reference;
  /** Undefined if the document does not contain it or is not JSON. */
  maxReceiveCount: number | undefined | NotKnown;
  /** The document as text, for messages. */
  text: string | NotKnown;
}

export const redrivesIn = once((resources: PolicyResource[]): Redrive[] => {
  const queues = queuesIn(resources);
  const inline = queues.map((queue) => redriveOf(queue, { kind: "here", resource: queue }, queues));
  const separate = resources
    .filter((resource) => resource.type === "aws:sqs/redrivePolicy:RedrivePolicy")
    .map((holder) => redriveOf(holder, follow(holder, ["queueUrl"], queues, hasUrl), queues));
  return [...inline, ...separate].filter((redrive) => redrive !== undefined);
});

function redriveOf(
  holder: PolicyResource,
  source: Reference,
  queues: PolicyResource[],
): Redrive | undefined {
  const text = readText(holder, "redrivePolicy");
  if (text === undefined) return undefined;
  const document = text === notKnown ? undefined : parse(text);
  const arn = text === notKnown ? notKnown : document?.deadLetterTargetArn;
  return {
    holder,
    source,
    text,
    target: followValue(
      holder,
      ["redrivePolicy"],
      typeof arn === "string" || arn === notKnown ? arn : undefined,
      queues,
      hasArn,
    ),
    maxReceiveCount: text === notKnown ? notKnown : toNumber(document?.maxReceiveCount),
  };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === "object" && document !== null ? { ...document } : undefined;
  } catch {
    return undefined;
  }
}

/** The queues that receive what functions and topics of this stack could not deliver. They are dead-letter queues
 *  too, although their source is not a queue. */
function failureDestinations(resources: PolicyResource[]): Reference[] {
  const queues = queuesIn(resources);
  return resources.flatMap((holder): Reference[] => {
    switch (holder.type) {
      case "aws:lambda/function:Function":
        return [follow(holder, ["deadLetterConfig", "targetArn"], queues, hasArn)];
      case "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig":
        return [follow(holder, ["destinationConfig", "onFailure", "destination"], queues, hasArn)];
      case "aws:sns/topicSubscription:TopicSubscription": {
        const redrive = redriveOf(holder, { kind: "absent" }, queues);
        return redrive === undefined ? [] : [redrive.target];
      }
      default:
        return [];
    }
  });
}

/** The dead-letter queues of this stack: certain ones, and possible ones if a value is not known yet. */
export function deadLetterQueues(resources: PolicyResource[], redrives: Redrive[]) {
  const certain = new Set<PolicyResource>();
  const possible = new Set<PolicyResource>();
  const targets = [...redrives.map(({ target }) => target), ...failureDestinations(resources)];
  for (const target of targets) {
    if (target.kind === "here") certain.add(target.resource);
    if (target.kind === "unknown") for (const queue of target.candidates) possible.add(queue);
  }
  return { certain, possible };
}
