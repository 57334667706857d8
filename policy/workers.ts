import type { PolicyResource } from "@pulumi/policy";
import type { FleetTags } from "./fleet-tags";
import { calleeOf, type Callee } from "./functions";
import { once } from "./once";
import { hasArn, isNamed, queuesIn } from "./queues";
import type { Reference } from "./references";
import { follow, followValue, sameRegion } from "./references";
import type { NotKnown } from "./unknown-values";
import { notKnown, readLength, readNumber, readText, toNumber } from "./unknown-values";

/** A consumer of a queue: a function or a fleet. */
export interface Worker {
  /** Its name in messages. */
  description: string;
  resource: PolicyResource;
  queue: Reference;
  /** Longest time that it may work on a message. */
  timeout: Timeout;
}

export type Timeout =
  | { kind: "known"; seconds: number }
  | { kind: "invalid"; fault: string }
  | { kind: "unknown"; why: string };

/** Seconds. Lambda's default. */
const defaultFunctionTimeoutSeconds = 3;

export const workersIn = (resources: PolicyResource[], tags: FleetTags): Worker[] => [
  ...functionWorkersIn(resources),
  ...fleetWorkersIn(resources, tags),
];

/** A function that works on a queue. Its resource is the event source mapping. */
export interface FunctionWorker extends Worker {
  callee: Callee;
  /** Whether the source is a queue. If its ARN is not known yet, it may be a stream. */
  isOnQueue: true | NotKnown;
}

/** Event source mappings from SQS to a function. */
export const functionWorkersIn = once((resources: PolicyResource[]): FunctionWorker[] => {
  const queues = queuesIn(resources);
  return resources
    .filter((resource) => resource.type === "aws:lambda/eventSourceMapping:EventSourceMapping")
    .flatMap((mapping) => {
      const queue = follow(mapping, ["eventSourceArn"], queues, hasArn);
      // Streams, Kafka and similar sources have no visibility timeout.
      if (queue.kind === "absent") return [];
      if (queue.kind === "elsewhere" && !/^arn:[^:]+:sqs:/.test(queue.value)) return [];
      const callee = calleeOf(mapping, resources);
      const worker = callee.function;
      const name = worker.kind === "here" ? `"${worker.resource.name}" ` : "";
      const description = `function ${name}behind event source mapping "${mapping.name}"`;
      const isOnQueue = queue.kind === "unknown" ? onlyQueuesBehind(mapping, queue) : true;
      const timeout = functionTimeout(worker);
      return [{ description, resource: mapping, queue, timeout, callee, isOnQueue }];
    });
});

/** An unknown ARN that is made from queues only is the ARN of a queue. */
function onlyQueuesBehind(
  mapping: PolicyResource,
  { candidates }: { candidates: PolicyResource[] },
): true | NotKnown {
  const behind = mapping.propertyDependencies.eventSourceArn ?? [];
  return behind.length > 0 && behind.every((one) => candidates.includes(one)) ? true : notKnown;
}

function functionTimeout(worker: Reference): Timeout {
  switch (worker.kind) {
    case "here": {
      const seconds = readNumber(worker.resource, "timeout") ?? defaultFunctionTimeoutSeconds;
      return seconds === notKnown
        ? { kind: "unknown", why: `timeout of function "${worker.resource.name}" is not known yet` }
        : { kind: "known", seconds };
    }
    case "elsewhere":
      return { kind: "unknown", why: `function ${worker.value} is not in this stack` };
    case "unknown":
      return { kind: "unknown", why: worker.why };
    case "absent":
      return { kind: "unknown", why: "functionName is missing" };
  }
}

/** Auto Scaling groups whose tags state which queue they work on. */
function fleetWorkersIn(
  resources: PolicyResource[],
  { consumesTag, jobTimeoutTag }: FleetTags,
): Worker[] {
  const queues = queuesIn(resources);
  return resources
    .filter((resource) => resource.type === "aws:autoscaling/group:Group")
    .flatMap((group) => {
      const consumes = tag(group, consumesTag);
      if (consumes === undefined) return [];
      return [
        {
          description: `fleet "${group.name}"`,
          resource: group,
          queue: followValue(group, ["tags"], consumes, queues, isNamed, (one) =>
            sameRegion(one, group),
          ),
          timeout: fleetTimeout(jobTimeoutTag, tag(group, jobTimeoutTag)),
        },
      ];
    });
}

function fleetTimeout(name: string, text: string | undefined | NotKnown): Timeout {
  if (text === notKnown) return { kind: "unknown", why: `its tag ${name} is not known yet` };
  const seconds = toNumber(text);
  return seconds === undefined
    ? { kind: "invalid", fault: `its tag ${name} is ${text ?? "missing"}` }
    : { kind: "known", seconds };
}

function tag(group: PolicyResource, key: string): string | undefined | NotKnown {
  const count = readLength(group, "tags");
  if (count === notKnown) return notKnown;
  const keys = Array.from({ length: count }, (_, index) => readText(group, "tags", index, "key"));
  const index = keys.indexOf(key);
  if (index >= 0) return readText(group, "tags", index, "value");
  return keys.includes(notKnown) ? notKnown : undefined;
}
