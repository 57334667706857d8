import { type PropertyMap, type PropertyValue, Unknown } from "../values/property-value";
import { checkShape, type Fault } from "./check";
import { generateName } from "./names";
import { notEmulatedTypes } from "./not-emulated";
import type { ResourceType } from "./resource-type";
import { isList } from "../values/property-operations";

/** The key in checked inputs that lists the defaults. */
export const defaultsKey = "__defaults";

/** Inputs as they are recorded: with the types of the shape, and with defaults, region and name
 *  (which are listed in `__defaults`, as in the official provider). */
export function checkInputs(
  definition: ResourceType,
  logicalName: string,
  region: string,
  olds: PropertyMap,
  news: PropertyMap,
  seed: Uint8Array,
): { inputs: PropertyMap; failures: Fault[] } {
  const given = withoutInternal(news);
  if (notEmulatedTypes[definition.type] !== undefined) return { inputs: given, failures: [] };
  const failures: Fault[] = [];
  const checked = checkShape(definition.shape, given, failures);
  const defaults: string[] = [];
  const applyDefault = (key: string, value: PropertyValue) => {
    if (checked[key] !== undefined || given[key] instanceof Unknown) return;
    checked[key] = value;
    defaults.push(key);
  };
  for (const [key, property] of Object.entries(definition.shape)) {
    if (property.default !== undefined) applyDefault(key, property.default);
  }
  if (definition.shape.region !== undefined) applyDefault("region", region);
  const rule = definition.name;
  if (rule !== undefined && checked[rule.prefixProperty ?? ""] === undefined) {
    const before = olds[rule.property];
    const wasGenerated = isList(olds[defaultsKey]) && olds[defaultsKey].includes(rule.property);
    applyDefault(
      rule.property,
      wasGenerated && typeof before === "string"
        ? before
        : generateName(rule, logicalName, seed, checked),
    );
  }
  for (const { property, reason } of definition.check?.(checked) ?? []) {
    failures.push({ property: property ?? "", reason });
  }
  return { inputs: { ...checked, [defaultsKey]: defaults.sort() }, failures };
}

/** As in the official provider: a resource with a fixed name cannot exist twice. */
export function mustDeleteFirst(
  definition: ResourceType,
  state: PropertyMap,
  news: PropertyMap,
): boolean {
  if (definition.deleteBeforeReplace === true) return true;
  const property = definition.name?.property;
  if (property === undefined) return false;
  const wasGenerated = isList(news[defaultsKey]) && news[defaultsKey].includes(property);
  return news[property] !== undefined && !wasGenerated && news[property] === state[property];
}

export const withoutInternal = (properties: PropertyMap): PropertyMap =>
  Object.fromEntries(Object.entries(properties).filter(([key]) => !key.startsWith("__")));
