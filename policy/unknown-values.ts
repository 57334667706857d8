import type { PolicyResource } from "@pulumi/policy";
import * as policy from "@pulumi/policy";

type UnknownValueErrorClass = new (sentinel: string, path: string[]) => Error;

// Exported by the package for exactly this use, but stripped from its type declarations.
const { UnknownValueError } = policy as unknown as { UnknownValueError: UnknownValueErrorClass };

/** The package's sentinel for a string that is not known yet; its error class asks for one of them. */
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Stands for a value that a preview cannot know. */
export const notKnown: unique symbol = Symbol("not known during preview");
export type NotKnown = typeof notKnown;

export type Key = string | number;

/** Reads a property without tripping over a value that is not known yet: the policy SDK throws there, and the
 *  whole rule would be skipped. What the program left out is undefined, although in a preview the provider calls
 *  it unknown where AWS may fill it in: the engine lists dependencies, none included, for what a program sets. */
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

/** An empty string counts as absent: that is how the AWS provider reports an attribute that is not set. */
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

/** How many elements a list has, whether or not the elements themselves are known. */
export function readLength(resource: PolicyResource, ...path: Key[]): number | NotKnown {
  const value = read(resource, ...path);
  if (value === notKnown) return notKnown;
  return Array.isArray(value) ? value.length : 0;
}

/** Numbers reach a policy as numbers or, in maps of strings and JSON documents, as digits. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
}

/** Thrown by a rule that has judged all it could. The policy SDK turns it into an advisory note, also for a
 *  mandatory rule, which is what "cannot be decided yet" is. */
export class UndecidedError extends UnknownValueError {
  constructor(undecided: string[]) {
    super(unknownString, []);
    this.name = "UndecidedError";
    this.message = ["cannot be decided from what is known:", ...undecided].join("\n  - ");
  }
}
