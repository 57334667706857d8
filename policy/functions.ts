import type { PolicyResource } from "@pulumi/policy";
import { once } from "./once";
import { isNamed } from "./queues";
import type { Matcher, Reference } from "./references";
import { follow } from "./references";
import type { NotKnown } from "./unknown-values";
import { notKnown, readText } from "./unknown-values";

export const functionsIn = once((resources: PolicyResource[]) =>
  resources.filter(({ type }) => type === "aws:lambda/function:Function"),
);

/** The function that an event source mapping calls. */
export interface Callee {
  function: Reference;
  /** Name of the alias, or number of the version, that it names. Undefined: it names none. */
  qualifier: string | undefined | NotKnown;
}

/** Lambda accepts a name, `account:function:name` or an ARN, each with or without a qualifier. */
function partsOf(value: string): { name: string | undefined; qualifier: string | undefined } {
  const parts = value.split(":");
  const [name, qualifier] = parts.slice(parts.indexOf("function") + 1);
  return { name, qualifier };
}

const isFunction: Matcher = {
  matches: (value, candidate) => readText(candidate, "name") === partsOf(value).name,
  keysOf: (candidate) => isNamed.keysOf(candidate),
  keysIn: (value) => [partsOf(value).name ?? value],
};

/** A mapping names its function directly or through an alias. */
export function calleeOf(holder: PolicyResource, resources: PolicyResource[]): Callee {
  const direct = follow(holder, ["functionName"], functionsIn(resources), isFunction);
  const value = readText(holder, "functionName");
  if (typeof value === "string") return { function: direct, qualifier: partsOf(value).qualifier };
  const [alias, ...others] = (holder.propertyDependencies.functionName ?? []).filter(
    ({ type }) => type === "aws:lambda/alias:Alias",
  );
  if (alias === undefined || others.length > 0) return { function: direct, qualifier: notKnown };
  return {
    function: direct.kind === "here" ? direct : calleeOf(alias, resources).function,
    qualifier: readText(alias, "name"),
  };
}
