import { isDeepStrictEqual } from "node:util";
import {
  Archive,
  Asset,
  type PropertyMap,
  type PropertyValue,
  Secret,
  Unknown,
} from "../values/property-value";
import { isList, isMap } from "../values/property-operations";
import type { Property, Shape } from "./shape";

/** Values that mean the same as a missing value. */
export function isEmpty(value: PropertyValue | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) {
    return true;
  }
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every(isEmpty);
}

/** A JSON document in normal form: sorted keys, a list of one string as the string itself (as in IAM
 *  policies), lists of strings sorted. Undefined when the text is no JSON. */
export function canonicalJson(text: string): unknown {
  try {
    return canonical(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) {
    const elements: unknown[] = value.map(canonical);
    if (elements.length === 1 && typeof elements[0] !== "object") return elements[0];
    return elements.every((element) => typeof element === "string") ? elements.sort() : elements;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, element]) => [key, canonical(element)]),
  );
}

function sameJson(a: string, b: string): boolean {
  if (a === b) return true;
  const left = canonicalJson(a);
  return left !== undefined && isDeepStrictEqual(left, canonicalJson(b));
}

/** Whether two values mean the same for a property. */
export function sameMeaning(
  property: Property | undefined,
  a: PropertyValue | undefined,
  b: PropertyValue | undefined,
): boolean {
  if (a instanceof Unknown || b instanceof Unknown) return false;
  if (isEmpty(a) && isEmpty(b)) return true;
  if (a === undefined || b === undefined || a === null || b === null) return false;
  if (a instanceof Asset || a instanceof Archive) {
    return (b instanceof Asset || b instanceof Archive) && a.hash !== "" && a.hash === b.hash;
  }
  if (property?.kind === "json" && typeof a === "string" && typeof b === "string") {
    return sameJson(a, b);
  }
  if (isList(a) && isList(b)) {
    if (a.length !== b.length) return false;
    const other = property?.kind === "set" ? alignSet(property, a, b) : b;
    return a.every((element, index) => sameMeaning(property?.element, element, other[index]));
  }
  if (isMap(a) && isMap(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => sameMeaning(fieldOf(property, key), a[key], b[key]));
  }
  return a === b;
}

/** `values` in the order of `like`: first the elements that have the same meaning or key as an element of `like`,
 *  then the others. */
export function alignSet(
  property: Property,
  like: PropertyValue[],
  values: PropertyValue[],
): (PropertyValue | undefined)[] {
  const left = [...values];
  const take = (match: (candidate: PropertyValue) => boolean) => {
    const index = left.findIndex(match);
    return index < 0 ? undefined : left.splice(index, 1)[0];
  };
  const aligned = like.map((element) =>
    take((candidate) => sameMeaning(property.element, element, candidate)),
  );
  const key = property.key;
  like.forEach((element, index) => {
    if (aligned[index] !== undefined || key === undefined || !isMap(element)) return;
    aligned[index] = take(
      (candidate) =>
        isMap(candidate) && candidate[key] !== undefined && candidate[key] === element[key],
    );
  });
  like.forEach((_, index) => {
    if (aligned[index] === undefined && key === undefined) aligned[index] = left.shift();
  });
  return [...aligned, ...left];
}

/** Whether an object has only fields that the program did not set: outputs, values chosen by the cloud, defaults. */
export const onlyChosenByCloud = (
  property: Property,
  value: PropertyValue | undefined,
): value is PropertyMap =>
  property.kind === "object" &&
  property.onlyIfSet !== true &&
  isMap(value) &&
  Object.entries(value).every(([key, item]) => {
    const field = property.fields?.[key];
    return (
      (isEmpty(item) && field?.default === undefined) ||
      field?.output === true ||
      field?.computed === true ||
      sameMeaning(field, item, field?.default as PropertyValue | undefined)
    );
  });

export function fieldOf(property: Property | undefined, key: string): Property | undefined {
  return property?.fields?.[key] ?? (property?.kind === "map" ? property.element : undefined);
}

/** Plain values, and which top-level properties held a secret. */
export function withoutSecrets(properties: PropertyMap): {
  plain: PropertyMap;
  secret: Set<string>;
} {
  const secret = new Set<string>();
  const plain: PropertyMap = {};
  for (const [key, value] of Object.entries(properties)) {
    plain[key] = reveal(value, () => secret.add(key));
  }
  return { plain, secret };
}

function reveal(value: PropertyValue, found: () => void): PropertyValue {
  if (value instanceof Secret) {
    found();
    return reveal(value.element, found);
  }
  if (isList(value)) return value.map((element) => reveal(element, found));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, element]) => [key, reveal(element, found)]),
  );
}

export function withSecrets(
  properties: PropertyMap,
  secret: ReadonlySet<string>,
  shape: Shape,
): PropertyMap {
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [
      key,
      secret.has(key) || shape[key]?.secret === true ? new Secret(value) : value,
    ]),
  );
}

/** Without the properties that are undefined, at any depth. */
export function defined(properties: PropertyMap): PropertyMap {
  const dig = (value: PropertyValue): PropertyValue =>
    isList(value) ? value.map(dig) : isMap(value) ? defined(value) : value;
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, dig(value)]),
  );
}
