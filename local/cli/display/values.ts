import { archiveToPlain, assetToPlain } from "../../values/asset-values";
import {
  Archive,
  Asset,
  ResourceReference,
  Secret,
  Unknown,
  type PropertyMap,
  type PropertyValue,
} from "../../values/property-value";
import { isMap } from "../../values/property-operations";
import { parsePropertyPath } from "../../values/property-path";
import { unknownString } from "../../values/signatures";

const hidden = "[secret]";

/** A value in one line; long text is cut. */
export function shortText(value: PropertyValue | undefined, longest = 120): string {
  const text = value === undefined ? "(none)" : oneLine(value);
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

function oneLine(value: PropertyValue): string {
  if (value instanceof Secret) return hidden;
  if (value instanceof Unknown) return "[unknown]";
  if (value instanceof Asset) return `asset(${describeSource(value)})`;
  if (value instanceof Archive) return `archive(${describeSource(value)})`;
  if (value instanceof ResourceReference) return value.urn;
  if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${key}: ${oneLine(inner)}`);
    return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
  }
  return JSON.stringify(value);
}

function describeSource({ source, hash }: Asset | Archive): string {
  const place = source.path ?? source.uri ?? ("text" in source ? "text" : "files");
  return `${place}, ${hash.slice(0, 8)}`;
}

/** A value as JSON: secrets are hidden unless requested; unknowns and assets are written as in Pulumi's JSON. */
export function jsonValue(value: PropertyValue, showSecrets = false): unknown {
  if (value instanceof Secret) return showSecrets ? jsonValue(value.element, true) : hidden;
  if (value instanceof Unknown) return unknownString;
  if (value instanceof Asset) return assetToPlain(value);
  if (value instanceof Archive) return archiveToPlain(value);
  if (value instanceof ResourceReference) return value.urn;
  if (Array.isArray(value)) return value.map((element) => jsonValue(element, showSecrets));
  return typeof value === "object" && value !== null ? jsonMap(value, showSecrets) : value;
}

export function jsonMap(map: PropertyMap, showSecrets = false): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(map).map(([key, value]) => [key, jsonValue(value, showSecrets)]),
  );
}

/** The value at a path, or undefined. A value inside a secret is secret. */
export function valueAt(map: PropertyMap | undefined, path: string): PropertyValue | undefined {
  let value: PropertyValue | undefined = map;
  let secret = false;
  for (const key of parsePropertyPath(path)) {
    if (value instanceof Secret) {
      secret = true;
      value = value.element;
    }
    if (value instanceof Unknown) return value;
    if (Array.isArray(value) && typeof key === "number") value = value[key];
    else if (isMap(value)) value = value[String(key)];
    else return undefined;
  }
  return secret && value !== undefined && !(value instanceof Secret) ? new Secret(value) : value;
}
