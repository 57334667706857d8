import {
  Archive,
  Asset,
  type PropertyMap,
  type PropertyValue,
  Unknown,
} from "../values/property-value";
import type { Property, Shape } from "./shape";
import { isList, isMap } from "../values/property-operations";
import { canonicalJson } from "./meaning";

export interface Fault {
  property: string;
  reason: string;
}

/** Converts the inputs to the types of the shape (a number given as text becomes a number, a policy given as
 *  an object becomes text) and adds nested defaults. Every fault is added to `faults`. */
export function checkShape(
  shape: Shape,
  inputs: PropertyMap,
  faults: Fault[],
  path = "",
): PropertyMap {
  const checked: PropertyMap = {};
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  for (const [key, value] of Object.entries(inputs)) {
    if (value === null) continue;
    const property = shape[key];
    if (property === undefined || property.output === true) {
      faults.push({
        property: at(key),
        reason: `${at(key)} is ${property === undefined ? "not known to the local provider" : "an output, it cannot be set"}; known are ${settable(shape).join(", ")}`,
      });
      continue;
    }
    checked[key] = checkValue(property, value, at(key), faults);
  }
  for (const [key, property] of Object.entries(shape)) {
    if (checked[key] !== undefined || inputs[key] instanceof Unknown) continue;
    if (property.required === true) {
      faults.push({ property: at(key), reason: `${at(key)} is missing; it is required` });
    } else if (path !== "" && property.default !== undefined) {
      checked[key] = property.default;
    }
  }
  return checked;
}

const settable = (shape: Shape) =>
  Object.entries(shape)
    .filter(([, property]) => property.output !== true)
    .map(([key]) => key);

function checkValue(
  property: Property,
  given: PropertyValue,
  path: string,
  faults: Fault[],
): PropertyValue {
  if (given instanceof Unknown) return given;
  const value = coerce(property, given);
  const wrong = (rule: string) => {
    faults.push({ property: path, reason: `${path} is ${show(given)}; it must be ${rule}` });
    return given;
  };
  switch (property.kind) {
    case "string":
    case "number":
    case "boolean":
      if (typeof value !== property.kind) return wrong(`a ${property.kind}`);
      break;
    case "json":
      if (typeof value !== "string") return wrong("a JSON document");
      if (value !== "" && canonicalJson(value) === undefined) return wrong("valid JSON");
      break;
    case "asset":
      if (!(value instanceof Asset || value instanceof Archive))
        return wrong("an asset or archive");
      break;
    case "list":
    case "set": {
      if (!isList(value)) return wrong("a list");
      const element = property.element as Property;
      return value
        .filter((item) => item !== null)
        .map((item, index) => checkValue(element, item, `${path}[${index}]`, faults));
    }
    case "map": {
      if (!isMap(value)) return wrong("a map");
      const element = property.element as Property;
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== null)
          .map(([key, item]) => [key, checkValue(element, item, `${path}.${key}`, faults)]),
      );
    }
    case "object":
      if (!isMap(value)) return wrong("an object");
      return checkShape(property.fields as Shape, value, faults, path);
  }
  if (property.oneOf !== undefined && !property.oneOf.includes(value)) {
    return wrong(
      `one of ${property.oneOf.map((allowed) => show(allowed as PropertyValue)).join(", ")}`,
    );
  }
  if (property.range !== undefined && typeof value === "number") {
    const [least, most] = property.range;
    if (!Number.isInteger(value) || value < least || value > most) {
      return wrong(`a whole number from ${least} to ${most}`);
    }
  }
  return value;
}

function coerce(property: Property, value: PropertyValue): PropertyValue {
  if (typeof value === "string") {
    if (property.kind === "number" && value.trim() !== "" && Number.isFinite(Number(value))) {
      return Number(value);
    }
    if (property.kind === "boolean" && (value === "true" || value === "false")) {
      return value === "true";
    }
  }
  if (property.kind === "string" && (typeof value === "number" || typeof value === "boolean")) {
    return String(value);
  }
  if (property.kind === "json" && (isMap(value) || isList(value))) return JSON.stringify(value);
  return value;
}

const show = (value: PropertyValue) => {
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 120 ? `${text.slice(0, 117)}...` : text;
};
