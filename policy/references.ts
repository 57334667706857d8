import type { PolicyResource } from "@pulumi/policy";
import { notKnown, readText } from "./unknown-values";

/** What a property that names another resource leads to. */
export type Reference =
  | { kind: "here"; resource: PolicyResource }
  /** A plain value that names nothing in this stack. */
  | { kind: "elsewhere"; value: string }
  | { kind: "unknown"; why: string; candidates: PolicyResource[] }
  | { kind: "absent" };

export type Matcher = (value: string, candidate: PolicyResource) => boolean;

/** Follows a property to the resource it names: by its value where that is known, and by what it depends on
 *  where it is not, which is the normal case in the first preview of a stack. */
export function follow(
  holder: PolicyResource,
  path: [string, ...(string | number)[]],
  candidates: PolicyResource[],
  matches: Matcher,
): Reference {
  return followValue(holder, path, readText(holder, ...path), candidates, matches);
}

export function followValue(
  holder: PolicyResource,
  path: [string, ...(string | number)[]],
  value: string | undefined | typeof notKnown,
  candidates: PolicyResource[],
  matches: Matcher,
): Reference {
  if (value === undefined) return { kind: "absent" };
  const among = new Set(candidates);
  const behind = (holder.propertyDependencies[path[0]] ?? []).filter((one) => among.has(one));
  if (value === notKnown) {
    const [only, ...others] = behind;
    if (only !== undefined && others.length === 0) return { kind: "here", resource: only };
    const from = behind.map((one) => `"${one.name}"`).join(", ");
    const why = `${path.join(".")} is not known yet${from === "" ? "" : ` and may be any of ${from}`}`;
    return { kind: "unknown", why, candidates: behind };
  }
  const found = candidates.filter((one) => matches(value, one));
  const resource = found.find((one) => behind.includes(one)) ?? found[0];
  return resource === undefined ? { kind: "elsewhere", value } : { kind: "here", resource };
}

/** Whether two resources may be in one region; undefined regions are no reason to think otherwise. */
export function sameRegion(one: PolicyResource, other: PolicyResource): boolean {
  const [a, b] = [regionOf(one), regionOf(other)];
  return a === undefined || b === undefined || a === b;
}

/** Provider v6 has no `region` on resources; there, and where that is not known, its provider says it. */
export function regionOf(resource: PolicyResource): string | undefined {
  const own = readText(resource, "region");
  if (typeof own === "string") return own;
  const { provider } = resource;
  const inherited = provider && readText({ ...resource, props: provider.props }, "region");
  return typeof inherited === "string" ? inherited : undefined;
}
