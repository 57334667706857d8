import type { PolicyResource } from "@pulumi/policy";
import type { Reference } from "./references";
import { notKnown, readLength, readText } from "./unknown-values";

/** Which events of which keys. */
export interface Filter {
  events: string[];
  prefix: string;
  suffix: string;
}

/** Undefined if it is not known yet. */
export function readFilter(
  notification: PolicyResource,
  property: "queues" | "topics",
  index: number,
): Filter | undefined {
  const count = readLength(notification, property, index, "events");
  const prefix = readText(notification, property, index, "filterPrefix") ?? "";
  const suffix = readText(notification, property, index, "filterSuffix") ?? "";
  if (count === notKnown || prefix === notKnown || suffix === notKnown) return undefined;
  const events: string[] = [];
  for (let event = 0; event < count; event += 1) {
    const name = readText(notification, property, index, "events", event);
    if (name === notKnown) return undefined;
    if (name !== undefined) events.push(name);
  }
  return { events, prefix, suffix };
}

/** An event and a key that both filters match, for the message. Undefined if the filters do not overlap. */
export function overlapOf(one: Filter, other: Filter): string | undefined {
  const event = one.events.find((name) =>
    other.events.some((another) => eventsOverlap(name, another)),
  );
  const prefix = narrower(one.prefix, other.prefix, (long, short) => long.startsWith(short));
  const suffix = narrower(one.suffix, other.suffix, (long, short) => long.endsWith(short));
  if (event === undefined || prefix === undefined || suffix === undefined) return undefined;
  return `${event} on ${prefix}*${suffix}`;
}

/** `s3:ObjectCreated:*` contains `s3:ObjectCreated:Put`. */
function eventsOverlap(one: string, other: string): boolean {
  const contains = (wide: string, narrow: string) =>
    wide.endsWith("*") && narrow.startsWith(wide.slice(0, -1));
  return one === other || contains(one, other) || contains(other, one);
}

function narrower(
  one: string,
  other: string,
  includes: (long: string, short: string) => boolean,
): string | undefined {
  if (includes(one, other)) return one;
  return includes(other, one) ? other : undefined;
}

/** Undefined if it is not known yet. */
export function isSameQueue(one: Reference, other: Reference): boolean | undefined {
  if (one.kind === "unknown" || other.kind === "unknown") return undefined;
  if (one.kind === "here" && other.kind === "here") return one.resource === other.resource;
  if (one.kind === "elsewhere" && other.kind === "elsewhere") return one.value === other.value;
  return false;
}
