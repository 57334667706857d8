import { type PropertyMap, type PropertyValue, Unknown } from "../values/property-value";
import { notEmulatedProperties, notReadBack, onlyRecorded } from "./not-emulated";
import type { Property, Shape } from "./shape";
import { isList, isMap } from "../values/property-operations";
import { alignSet, fieldOf, isEmpty, onlyChosenByCloud, sameMeaning } from "./meaning";

/** Paths of a type whose recorded values a read keeps. */
export function keptPaths(type: string): ReadonlySet<string> {
  return new Set([
    ...Object.keys(notReadBack[type] ?? {}),
    ...Object.keys(notEmulatedProperties[type] ?? {}),
    ...Object.keys(onlyRecorded[type] ?? {}),
  ]);
}

/** The state after a read: the values of the cloud. Values with the same meaning keep their recorded form
 *  (order of a set, text of a JSON document). Values that cannot be read keep their recorded value. */
export function mergeState(
  type: string,
  shape: Shape,
  recorded: PropertyMap,
  actual: PropertyMap,
): PropertyMap {
  return mergeFields(shape, recorded, actual, keptPaths(type), "");
}

function mergeFields(
  shape: Shape | undefined,
  recorded: PropertyMap,
  actual: PropertyMap,
  kept: ReadonlySet<string>,
  path: string,
): PropertyMap {
  const merged: PropertyMap = {};
  for (const key of new Set([...Object.keys(actual), ...Object.keys(recorded)])) {
    if (key.startsWith("__")) continue;
    const at = path === "" ? key : `${path}.${key}`;
    const isKept = kept.has(at) && (recorded[key] !== undefined || shape?.[key]?.computed !== true);
    const value = isKept
      ? recorded[key]
      : mergeValue(shape?.[key], recorded[key], actual[key], kept, at);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
}

function mergeValue(
  property: Property | undefined,
  recorded: PropertyValue | undefined,
  actual: PropertyValue | undefined,
  kept: ReadonlySet<string>,
  path: string,
): PropertyValue | undefined {
  if (recorded !== undefined && sameMeaning(property, recorded, actual)) return recorded;
  if (actual === undefined || actual === null) return undefined;
  if (isMap(actual) && isMap(recorded)) {
    if (property?.kind !== "object") return actual;
    return mergeFields(property.fields, recorded, actual, kept, path);
  }
  if (isList(actual) && isList(recorded) && property !== undefined) {
    const element = property.element;
    const aligned = property.kind === "set" ? alignSet(property, recorded, actual) : actual;
    return aligned.flatMap((item, index) => {
      const value = mergeValue(element, recorded[index], item, kept, path);
      return value === undefined ? [] : [value];
    });
  }
  return actual;
}

/** Only the properties of the shape: services return more than a program can set. */
export function knownOnly(shape: Shape, found: PropertyMap): PropertyMap {
  if (Object.keys(shape).length === 0) return found;
  const only = (property: Property | undefined, value: PropertyValue): PropertyValue => {
    if (isList(value)) return value.map((item) => only(property?.element, item));
    return isMap(value) && property?.fields !== undefined
      ? knownOnly(property.fields, value)
      : value;
  };
  return Object.fromEntries(
    Object.entries(found)
      .filter(([key]) => shape[key] !== undefined)
      .map(([key, value]) => [key, only(shape[key], value)]),
  );
}

/** Inputs after a refresh: the recorded inputs, with the cloud's current values for drifted properties.
 *  As with the official provider, properties the program never set stay out of the inputs. */
export function refreshInputs(shape: Shape, inputs: PropertyMap, state: PropertyMap): PropertyMap {
  const refreshed: PropertyMap = {};
  for (const [key, value] of Object.entries(inputs)) {
    const property = shape[key];
    const now = property === undefined ? value : refreshValue(property, value, state[key]);
    if (now !== undefined) refreshed[key] = now;
  }
  return refreshed;
}

function refreshValue(
  property: Property,
  input: PropertyValue,
  state: PropertyValue | undefined,
): PropertyValue | undefined {
  if (state === undefined) return isEmpty(input) ? input : undefined;
  if (sameMeaning(property, input, state)) return input;
  if (property.kind === "object" && isMap(input) && isMap(state)) {
    const fields = property.fields ?? {};
    const own = Object.entries(state).filter(
      ([key, value]) => input[key] !== undefined || isOwnInput(fields[key], value),
    );
    return refreshInputs(fields, { ...Object.fromEntries(own), ...input }, state);
  }
  if (isList(input) && isList(state)) {
    return state.map((item, index) => {
      const before = input[index];
      const element = property.element;
      if (before === undefined || element === undefined) return asInput(element, item);
      return refreshValue(element, before, item) ?? item;
    });
  }
  return asInput(property, state);
}

/** Inputs of a resource that was only read: all inputs that a program would need to get this state. */
export function importedInputs(shape: Shape, state: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(state)
      .filter(([key, value]) => isSaid(shape[key], value))
      .map(([key, value]) => [key, asInput(shape[key], value)]),
  );
}

/** Values that a program would set: no outputs, and no values that mean the same as a missing value. */
const isSaid = (property: Property | undefined, value: PropertyValue) =>
  property?.output !== true && (property?.required === true || !isEmpty(value));

const isOwnInput = (property: Property | undefined, value: PropertyValue) =>
  property !== undefined &&
  property.output !== true &&
  property.computed !== true &&
  !isEmpty(value) &&
  !sameMeaning(property, property.default as PropertyValue | undefined, value) &&
  !onlyChosenByCloud(property, value);

/** A value of the state without its outputs, as an input would have it. */
function asInput(property: Property | undefined, value: PropertyValue): PropertyValue {
  if (isList(value)) return value.map((item) => asInput(property?.element, item));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => isSaid(fieldOf(property, key), item))
      .map(([key, item]) => [key, asInput(fieldOf(property, key), item)]),
  );
}

/** The result of the preview of a create: the inputs, and unknown for values that the cloud decides. */
export function plannedState(shape: Shape, inputs: PropertyMap): PropertyMap {
  const planned: PropertyMap = {};
  for (const [key, property] of Object.entries(shape)) {
    const value = inputs[key];
    if (value !== undefined) planned[key] = value;
    else if (property.output === true || property.computed === true) planned[key] = Unknown.value;
  }
  return planned;
}
