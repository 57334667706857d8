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
  if (text !== notKnown && hasOutputInside(text))
    return brokenRedrive(holder, source, text, queues);
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

/** What Pulumi's SDK puts in the place of an Output that a program passed to JSON.stringify. */
export const hasOutputInside = (text: string): boolean =>
  text.includes("Calling [toJSON] on an [Output<T>]");

/** Which queue it names cannot be read. It may be any that has no redrive policy itself. */
const brokenRedrive = (
  holder: PolicyResource,
  source: Reference,
  text: string,
  queues: PolicyResource[],
): Redrive => ({
  holder,
  source,
  text,
  maxReceiveCount: toNumber(parse(text)?.maxReceiveCount),
  target: {
    kind: "unknown",
    why: "its redrivePolicy has an Output inside JSON.stringify",
    candidates: queues.filter((queue) => readText(queue, "redrivePolicy") === undefined),
  },
});

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === "object" && document !== null ? { ...document } : undefined;
  } catch {
    return undefined;
  }
}

/** Where services say that they put what they could not deliver: these queues are dead-letter queues too, although their
 *  source is not a queue. By type: the properties that name the queue. */
const failureDestinations: Readonly<Record<string, [string, ...(string | number)[]][]>> = {
  "aws:lambda/function:Function": [["deadLetterConfig", "targetArn"]],
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": [
    ["destinationConfig", "onFailure", "destination"],
  ],
  // Of streams and topics of Kafka.
  "aws:lambda/eventSourceMapping:EventSourceMapping": [
    ["destinationConfig", "onFailure", "destinationArn"],
  ],
  "aws:cloudwatch/eventTarget:EventTarget": [["deadLetterConfig", "arn"]],
  "aws:scheduler/schedule:Schedule": [["target", "deadLetterConfig", "arn"]],
  "aws:pipes/pipe:Pipe": [
    ["sourceParameters", "kinesisStreamParameters", "deadLetterConfig", "arn"],
    ["sourceParameters", "dynamodbStreamParameters", "deadLetterConfig", "arn"],
  ],
};

function failureDestinationsOf(holder: PolicyResource, queues: PolicyResource[]): Reference[] {
  const stated = (failureDestinations[holder.type] ?? []).map((path) =>
    follow(holder, path, queues, hasArn),
  );
  if (holder.type !== "aws:sns/topicSubscription:TopicSubscription") return stated;
  const redrive = redriveOf(holder, { kind: "absent" }, queues);
  return redrive === undefined ? stated : [...stated, redrive.target];
}

/** Queues that say of themselves which queues may redrive to them. */
function allowingRedrives(resources: PolicyResource[], queues: PolicyResource[]): Reference[] {
  const inline = queues.map((queue): [PolicyResource, Reference] => [
    queue,
    { kind: "here", resource: queue },
  ]);
  const separate = resources
    .filter(({ type }) => type === "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy")
    .map((holder): [PolicyResource, Reference] => [
      holder,
      follow(holder, ["queueUrl"], queues, hasUrl),
    ]);
  return [...inline, ...separate].flatMap(([holder, queue]): Reference[] => {
    const text = readText(holder, "redriveAllowPolicy");
    if (text === undefined) return [];
    if (text === notKnown) {
      const candidates = queue.kind === "here" ? [queue.resource] : [];
      return [{ kind: "unknown", why: "redriveAllowPolicy is not known yet", candidates }];
    }
    const permission = parse(text)?.redrivePermission;
    return permission === "byQueue" || permission === "allowAll" ? [queue] : [];
  });
}

/** The dead-letter queues of this stack: certain ones, and possible ones if a value is not known yet. */
export function deadLetterQueues(resources: PolicyResource[], redrives: Redrive[]) {
  const certain = new Set<PolicyResource>();
  const possible = new Set<PolicyResource>();
  const queues = queuesIn(resources);
  const targets = [
    ...redrives.map(({ target }) => target),
    ...resources.flatMap((holder) => failureDestinationsOf(holder, queues)),
    ...allowingRedrives(resources, queues),
  ];
  for (const target of targets) {
    if (target.kind === "here") certain.add(target.resource);
    if (target.kind === "unknown") for (const queue of target.candidates) possible.add(queue);
  }
  return { certain, possible };
}
