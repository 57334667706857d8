import { Struct, type Value } from "google-protobuf/google/protobuf/struct_pb";
import { archiveFromPlain, archiveToPlain, assetFromPlain, assetToPlain } from "./asset-values";
import {
  Archive,
  Asset,
  ResourceReference,
  Secret,
  Unknown,
  type PropertyMap,
  type PropertyValue,
} from "./property-value";
import {
  archiveSignature,
  assetSignature,
  outputValueSignature,
  resourceReferenceSignature,
  secretSignature,
  signatureKey,
  unknownSentinels,
  unknownString,
} from "./signatures";

/** The features of the receiver. A value that it does not support is sent as its plain value. */
export interface WireOptions {
  unknowns: boolean;
  secrets: boolean;
  resources: boolean;
  /** Send only the hashes of assets and archives, because their content may not exist any more. */
  elideAssets?: boolean;
}

export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

export function toWire(map: PropertyMap, options: WireOptions): Struct {
  return Struct.fromJavaScript(plainMap(map, options));
}

function plainMap(map: PropertyMap, options: WireOptions): { [key: string]: Plain } {
  const plain: { [key: string]: Plain } = {};
  for (const [key, value] of Object.entries(map)) {
    const converted = toPlain(value, options);
    if (converted !== undefined) plain[key] = converted;
  }
  return plain;
}

/** Undefined for an unknown that the receiver must not see. */
function toPlain(value: PropertyValue, options: WireOptions): Plain | undefined {
  if (value instanceof Unknown) return options.unknowns ? unknownString : undefined;
  if (value instanceof Secret) {
    const element = toPlain(value.element, options);
    if (element === undefined || !options.secrets) return element;
    return { [signatureKey]: secretSignature, value: element };
  }
  if (value instanceof Asset) return assetToPlain(value, options.elideAssets) as Plain;
  if (value instanceof Archive) return archiveToPlain(value, options.elideAssets) as Plain;
  if (value instanceof ResourceReference) return plainReference(value, options);
  if (Array.isArray(value)) {
    return value
      .map((element) => toPlain(element, options))
      .filter((element) => element !== undefined);
  }
  return typeof value === "object" && value !== null ? plainMap(value, options) : value;
}

function plainReference(value: ResourceReference, options: WireOptions): Plain | undefined {
  const id = value.id instanceof Unknown ? "" : value.id;
  if (!options.resources) {
    return value.id === undefined ? value.urn : toPlain(value.id, options);
  }
  return {
    [signatureKey]: resourceReferenceSignature,
    urn: value.urn,
    ...(id === undefined ? {} : { id }),
    ...(value.packageVersion === undefined ? {} : { packageVersion: value.packageVersion }),
  };
}

export interface FromWire {
  properties: PropertyMap;
  /** URNs that output values name as their origin, by top-level property. */
  dependencies: Record<string, Set<string>>;
}

export function fromWire(struct: Struct | undefined): PropertyMap {
  return parseWire(struct).properties;
}

/** Null if there is no value. */
export function valueFromWire(value: Value | undefined): PropertyValue {
  return value === undefined ? null : fromPlain(value.toJavaScript() as Plain, new Set());
}

export function parseWire(struct: Struct | undefined): FromWire {
  const properties: PropertyMap = {};
  const dependencies: Record<string, Set<string>> = {};
  for (const [key, value] of Object.entries(struct?.toJavaScript() ?? {})) {
    const found = new Set<string>();
    properties[key] = fromPlain(value as Plain, found);
    if (found.size > 0) dependencies[key] = found;
  }
  return { properties, dependencies };
}

function fromPlain(plain: Plain, dependencies: Set<string>): PropertyValue {
  if (typeof plain === "string") return unknownSentinels.has(plain) ? Unknown.value : plain;
  if (plain === null || typeof plain !== "object") return plain;
  if (Array.isArray(plain)) return plain.map((element) => fromPlain(element, dependencies));
  switch (plain[signatureKey]) {
    case undefined:
      return Object.fromEntries(
        Object.entries(plain).map(([key, value]) => [key, fromPlain(value, dependencies)]),
      );
    case secretSignature:
      return new Secret(fromPlain(plain.value ?? null, dependencies));
    case assetSignature:
      return assetFromPlain(plain);
    case archiveSignature:
      return archiveFromPlain(plain);
    case resourceReferenceSignature:
      return reference(plain);
    case outputValueSignature:
      return outputValue(plain, dependencies);
    default:
      throw new Error(
        `A property has the signature ${JSON.stringify(plain[signatureKey])}, which is not known`,
      );
  }
}

function reference(plain: { [key: string]: Plain }): ResourceReference {
  const { urn, id, packageVersion } = plain;
  if (typeof urn !== "string") throw new Error("A resource reference has no URN");
  const isUnknown = typeof id === "string" && (id === "" || unknownSentinels.has(id));
  return new ResourceReference(
    urn,
    typeof id === "string" ? (isUnknown ? Unknown.value : id) : undefined,
    typeof packageVersion === "string" && packageVersion !== "" ? packageVersion : undefined,
  );
}

/** Converts an output value to a value or an unknown, secret if it is marked so. Its dependencies are returned
 *  separately. */
function outputValue(plain: { [key: string]: Plain }, dependencies: Set<string>): PropertyValue {
  for (const urn of Array.isArray(plain.dependencies) ? plain.dependencies : []) {
    if (typeof urn === "string") dependencies.add(urn);
  }
  const value = plain.value === undefined ? Unknown.value : fromPlain(plain.value, dependencies);
  return plain.secret === true ? new Secret(value) : value;
}
