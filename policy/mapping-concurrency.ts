import type { PolicyResource } from "@pulumi/policy";
import type { NotKnown } from "./unknown-values";
import { notKnown, read, readFlag, readNumber } from "./unknown-values";

/** The most simultaneous calls that an event source mapping from a queue makes. */
export type Concurrency =
  | { kind: "limited"; calls: number; text: string }
  | { kind: "unlimited" }
  | { kind: "unknown"; why: string };

/** Simultaneous calls that one provisioned poller makes, and Lambda's default number of pollers. Source: Lambda guide,
 *  "Using provisioned mode with an Amazon SQS event source mapping". */
const callsOfPoller = 10;
const defaultMaximumPollers = 200;

export function concurrencyOf(mapping: PolicyResource): Concurrency {
  const maximum = maximumConcurrency(mapping);
  if (maximum === notKnown) return unknown("scalingConfig");
  if (maximum !== undefined) return { kind: "limited", calls: maximum, text: String(maximum) };
  const pollers = maximumPollers(mapping);
  if (pollers === notKnown) return unknown("provisionedPollerConfig");
  if (pollers === undefined) return { kind: "unlimited" };
  return {
    kind: "limited",
    calls: pollers * callsOfPoller,
    text: `${pollers} pollers × ${callsOfPoller}`,
  };
}

const unknown = (property: string): Concurrency => ({
  kind: "unknown",
  why: `${property} is not known yet`,
});

/** Whether it has both a maximum concurrency and pollers of its own, which Lambda refuses. */
export function hasBoth(mapping: PolicyResource): boolean | NotKnown {
  const [maximum, pollers] = [maximumConcurrency(mapping), maximumPollers(mapping)];
  if (maximum === undefined || pollers === undefined) return false;
  return maximum === notKnown || pollers === notKnown ? notKnown : true;
}

/** An empty block counts as missing, and so does 0, which a provider may report. */
function maximumConcurrency(mapping: PolicyResource): number | undefined | NotKnown {
  const maximum = readNumber(mapping, "scalingConfig", "maximumConcurrency");
  return maximum === 0 ? undefined : maximum;
}

function maximumPollers(mapping: PolicyResource): number | undefined | NotKnown {
  const config = "provisionedPollerConfig";
  if (read(mapping, config) === notKnown) return notKnown;
  const isSet = ["maximumPollers", "minimumPollers", "pollerGroupName"].some(
    (key) => read(mapping, config, key) !== undefined,
  );
  return isSet
    ? (readNumber(mapping, config, "maximumPollers") ?? defaultMaximumPollers)
    : undefined;
}

/** Whether a mapping makes calls. "switched elsewhere": the program ignores changes of `enabled`, so something else enables
 *  and disables it. */
export function activityOf(
  mapping: PolicyResource,
): "enabled" | "disabled" | "switched elsewhere" | NotKnown {
  const { ignoreChanges } = mapping.opts;
  if (ignoreChanges.includes("enabled") || ignoreChanges.includes("*")) return "switched elsewhere";
  const enabled = readFlag(mapping, "enabled") ?? true;
  if (enabled === notKnown) return notKnown;
  return enabled ? "enabled" : "disabled";
}
