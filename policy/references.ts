import type { PolicyResource } from "@pulumi/policy";
import { groupBy, once } from "./once";
import { notKnown, readText } from "./unknown-values";

/** The resource that a property refers to. */
export type Reference =
  | { kind: "here"; resource: PolicyResource }
  /** A plain value that names no resource of this stack. */
  | { kind: "elsewhere"; value: string }
  | { kind: "unknown"; why: string; candidates: PolicyResource[] }
  | { kind: "absent" };

/** How a value names a resource. */
export interface Matcher {
  matches(value: string, candidate: PolicyResource): boolean;
  /** Texts by which resources are found quickly: a resource that a value names has one of the value's. */
  keysOf(candidate: PolicyResource): string[];
  keysIn(value: string): string[];
}

const setOf = once((candidates: PolicyResource[]) => new Set(candidates));

/** Candidates by their keys: comparing a value with each of thousands would take minutes. */
const indexOf = once((matcher: Matcher) =>
  once((candidates: PolicyResource[]) => groupBy(candidates, (one) => matcher.keysOf(one))),
);

/** Finds the resource that a property refers to: by its value if that is known, otherwise by its dependencies. In
 *  the first preview of a stack, most values are not known. */
export function follow(
  holder: PolicyResource,
  path: [string, ...(string | number)[]],
  candidates: PolicyResource[],
  matcher: Matcher,
  accepts?: (candidate: PolicyResource) => boolean,
): Reference {
  return followValue(holder, path, readText(holder, ...path), candidates, matcher, accepts);
}

export function followValue(
  holder: PolicyResource,
  path: [string, ...(string | number)[]],
  value: string | undefined | typeof notKnown,
  candidates: PolicyResource[],
  matcher: Matcher,
  accepts: (candidate: PolicyResource) => boolean = () => true,
): Reference {
  if (value === undefined) return { kind: "absent" };
  const among = setOf(candidates);
  const behind = (holder.propertyDependencies[path[0]] ?? []).filter(
    (one) => among.has(one) && accepts(one),
  );
  if (value === notKnown) {
    const [only, ...others] = behind;
    if (only !== undefined && others.length === 0) return { kind: "here", resource: only };
    const from = behind.map((one) => `"${one.name}"`).join(", ");
    const why = `${path.join(".")} is not known yet${from === "" ? "" : ` and may be any of ${from}`}`;
    return { kind: "unknown", why, candidates: behind };
  }
  const index = indexOf(matcher)(candidates);
  const found = [...new Set(matcher.keysIn(value).flatMap((key) => index.get(key) ?? []))].filter(
    (one) => matcher.matches(value, one) && accepts(one),
  );
  const resource = found.find((one) => behind.includes(one)) ?? found[0];
  return resource === undefined ? { kind: "elsewhere", value } : { kind: "here", resource };
}

/** Whether two resources may be in the same region. True if a region is not known. */
export function sameRegion(one: PolicyResource, other: PolicyResource): boolean {
  const [a, b] = [regionOf(one), regionOf(other)];
  return a === undefined || b === undefined || a === b;
}

/** The region of the resource, or else of its provider: resources of provider v6 have no `region`. */
export function regionOf(resource: PolicyResource): string | undefined {
  const own = readText(resource, "region");
  if (typeof own === "string") return own;
  const { provider } = resource;
  const inherited = provider && readText({ ...resource, props: provider.props }, "region");
  return typeof inherited === "string" ? inherited : undefined;
}
