import type { PolicyResource } from "@pulumi/policy";
import * as policy from "@pulumi/policy";

type UnknownValueErrorClass = new (sentinel: string, path: string[]) => Error;

// Exported by the package for this use, but missing in its type declarations.
const { UnknownValueError } = policy as unknown as { UnknownValueError: UnknownValueErrorClass };

/** The package's marker for a string that is not known yet. The constructor of its error class requires one. */
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A value that a preview cannot know. */
export const notKnown: unique symbol = Symbol("not known during preview");
export type NotKnown = typeof notKnown;

export type Key = string | number;

/** Reads a property. For a value that is not known yet the policy SDK throws, and the whole rule would be skipped;
 *  this returns `notKnown` instead. A property that the program does not set is undefined here. In a preview the
 *  provider reports it as unknown if AWS may set it. The difference: for properties that the program sets, the
 *  engine has an entry in `propertyDependencies`, even if it is empty. */
export function read(resource: PolicyResource, ...path: Key[]): unknown {
  try {
    return path.reduce<unknown>(
      (value, key) =>
        value === undefined || value === null ? undefined : (value as Record<Key, unknown>)[key],
      resource.props,
    );
  } catch (error) {
    if (!(error instanceof UnknownValueError)) throw error;
    const [property] = path;
    return property !== undefined && property in resource.propertyDependencies
      ? notKnown
      : undefined;
  }
}

/** An empty string counts as missing: the AWS provider reports an attribute that is not set as "". */
export function readText(resource: PolicyResource, ...path: Key[]): string | undefined | NotKnown {
  const value = read(resource, ...path);
  if (value === notKnown) return notKnown;
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function readNumber(
  resource: PolicyResource,
  ...path: Key[]
): number | undefined | NotKnown {
  const value = read(resource, ...path);
  if (value === notKnown) return notKnown;
  return toNumber(value);
}

export function readFlag(resource: PolicyResource, ...path: Key[]): boolean | undefined | NotKnown {
  const value = read(resource, ...path);
  if (value === notKnown) return notKnown;
  return typeof value === "boolean" ? value : undefined;
}

/** The length of a list. The elements themselves need not be known. */
export function readLength(resource: PolicyResource, ...path: Key[]): number | NotKnown {
  const value = read(resource, ...path);
  if (value === notKnown) return notKnown;
  return Array.isArray(value) ? value.length : 0;
}

/** Whether a list contains a text. Unknown if an element that is not known yet may be it. */
export function includesText(
  resource: PolicyResource,
  text: string,
  ...path: Key[]
): boolean | NotKnown {
  const count = readLength(resource, ...path);
  if (count === notKnown) return notKnown;
  const texts = Array.from({ length: count }, (_, index) => readText(resource, ...path, index));
  return texts.includes(text) || (texts.includes(notKnown) ? notKnown : false);
}

/** A policy gets numbers as numbers, or as digits in maps of strings and in JSON documents. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** Thrown by a rule at its end if some values are not known yet. The policy SDK turns this error into an advisory
 *  note, also for a mandatory rule. */
export class UndecidedError extends UnknownValueError {
  constructor(undecided: string[]) {
    super(unknownString, []);
    this.name = "UndecidedError";
    this.message = ["cannot be decided yet:", ...undecided].join("\n  - ");
  }
}
