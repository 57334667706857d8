import {
  Archive,
  Asset,
  ResourceReference,
  Secret,
  Unknown,
  type PropertyMap,
  type PropertyValue,
} from "./property-value";
import type { PropertyDiff } from "./events";

export function isMap(value: PropertyValue | undefined): value is PropertyMap {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Unknown) &&
    !(value instanceof Secret) &&
    !(value instanceof Asset) &&
    !(value instanceof Archive) &&
    !(value instanceof ResourceReference)
  );
}

function isNothing(value: PropertyValue | undefined): boolean {
  if (value instanceof Secret) return isNothing(value.element);
  return value === undefined || value === null;
}

export function isList(value: PropertyValue | undefined): value is PropertyValue[] {
  return Array.isArray(value);
}

/** Equality as in Pulumi's engine: null equals a missing value, and assets are equal if their contents are equal. */
export function equalValues(a: PropertyValue | undefined, b: PropertyValue | undefined): boolean {
  if (a === b) return true;
  if (a instanceof Secret || b instanceof Secret) {
    return a instanceof Secret && b instanceof Secret && equalValues(a.element, b.element);
  }
  if (isNothing(a) || isNothing(b)) return isNothing(a) && isNothing(b);
  if (a instanceof Unknown || b instanceof Unknown) {
    return a instanceof Unknown && b instanceof Unknown;
  }
  if (a instanceof Asset) return b instanceof Asset && a.hash === b.hash;
  if (a instanceof Archive) return b instanceof Archive && a.hash === b.hash;
  if (a instanceof ResourceReference) {
    return b instanceof ResourceReference && a.urn === b.urn && equalValues(a.id, b.id);
  }
  if (isList(a)) {
    return (
      isList(b) &&
      a.length === b.length &&
      a.every((element, index) => equalValues(element, b[index]))
    );
  }
  if (isMap(a)) return isMap(b) && equalMaps(a, b);
  return false;
}

export function equalMaps(a: PropertyMap, b: PropertyMap): boolean {
  if (a === b) return true;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) =>
    equalValues(a[key], b[key]),
  );
}

function some(value: PropertyValue, test: (value: PropertyValue) => boolean): boolean {
  if (test(value)) return true;
  if (value instanceof Secret) return some(value.element, test);
  if (value instanceof ResourceReference) return value.id !== undefined && some(value.id, test);
  if (isList(value)) return value.some((element) => some(element, test));
  return isMap(value) && Object.values(value).some((element) => some(element, test));
}

export function containsUnknowns(value: PropertyValue): boolean {
  return some(value, (part) => part instanceof Unknown);
}

export function containsSecrets(value: PropertyValue): boolean {
  return some(value, (part) => part instanceof Secret);
}

export function withoutSecrets(value: PropertyValue): PropertyValue {
  if (value instanceof Secret) return withoutSecrets(value.element);
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return isMap(value) ? mapValues(value, withoutSecrets) : value;
}

export function mapValues(
  map: PropertyMap,
  change: (value: PropertyValue) => PropertyValue,
): PropertyMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

/** A deep copy that can be changed in place. */
export function copyValue(value: PropertyValue): PropertyValue {
  if (Array.isArray(value)) return value.map(copyValue);
  if (value instanceof Secret) return new Secret(copyValue(value.element));
  return isMap(value) ? copyMap(value) : value;
}

export function copyMap(map: PropertyMap): PropertyMap {
  return mapValues(map, copyValue);
}

/** Marks outputs as secret if the inputs of the same name were secret, for providers that do not support secrets. */
export function annotateSecrets(outputs: PropertyMap, inputs: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, output]) => {
      const input = inputs[key];
      if (input === undefined) return [key, output];
      if (isMap(output) && isMap(input)) return [key, annotateSecrets(output, input)];
      const mark = !(output instanceof Secret) && containsSecrets(input);
      return [key, mark ? new Secret(output) : output];
    }),
  );
}

const plainName = /^[^.[\]"]+$/;

function joinPath(path: string, key: string | number): string {
  if (typeof key === "number") return `${path}[${key}]`;
  if (!plainName.test(key)) return `${path}["${key.replaceAll('"', '\\"')}"]`;
  return path === "" ? key : `${path}.${key}`;
}

/** Differences by property path, for providers that cannot compute a diff. */
export function diffMaps(
  olds: PropertyMap,
  news: PropertyMap,
  inputDiff: boolean,
): Record<string, PropertyDiff> {
  const found: Record<string, PropertyDiff> = {};
  const visit = (path: string, a: PropertyValue | undefined, b: PropertyValue | undefined) => {
    if (equalValues(a, b)) return;
    if (isMap(a) && isMap(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        visit(joinPath(path, key), a[key], b[key]);
      }
    } else if (isList(a) && isList(b)) {
      for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
        visit(joinPath(path, index), a[index], b[index]);
      }
    } else {
      const kind = isNothing(a) ? "add" : isNothing(b) ? "delete" : "update";
      found[path] = { kind, inputDiff };
    }
  };
  visit("", olds, news);
  return found;
}
