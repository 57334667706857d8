import type { Archive, Asset } from "../values/property-value";

export type Kind =
  "any" | "string" | "number" | "boolean" | "json" | "list" | "set" | "map" | "object" | "asset";

export interface PropertyOptions<T> {
  /** A change causes a replacement (Terraform's ForceNew). */
  readonly replaces?: boolean;
  /** Added to the checked inputs if the program does not set the property. */
  readonly default?: T;
  /** If the program does not set the property, the cloud chooses the value and there is no difference. */
  readonly computed?: boolean;
  /** Of an object whose fields the cloud completes: it exists only if the program sets it. */
  readonly onlyIfSet?: boolean;
  /** Only an output: the program cannot set it. */
  readonly output?: boolean;
  readonly secret?: boolean;
  readonly oneOf?: readonly T[];
  /** Whole number between these two, both included. */
  readonly range?: readonly [number, number];
  /** Field that identifies an element of a set, so that a change of the others is an update of it. */
  readonly key?: string;
}

export interface Property<T = unknown> extends PropertyOptions<T> {
  readonly kind: Kind;
  readonly required?: boolean;
  readonly element?: Property;
  readonly fields?: Shape;
}

export type Shape = Readonly<Record<string, Property>>;

type ValueOf<P> = P extends Property<infer T> ? T : never;
type RequiredKeys<S> = { [K in keyof S]: S[K] extends { required: true } ? K : never }[keyof S];

/** The inputs that a program may set, and the state of a resource, for a shape. */
export type Infer<S extends Shape> = { [K in RequiredKeys<S>]: ValueOf<S[K]> } & {
  [K in Exclude<keyof S, RequiredKeys<S>>]?: ValueOf<S[K]>;
};

type Options<T> = PropertyOptions<T>;

/** Any value. It is compared as a whole. */
export const anything = (): Property => ({ kind: "any" });
export const string = (options: Options<string> = {}): Property<string> => ({
  kind: "string",
  ...options,
});
export const number = (options: Options<number> = {}): Property<number> => ({
  kind: "number",
  ...options,
});
export const boolean = (options: Options<boolean> = {}): Property<boolean> => ({
  kind: "boolean",
  ...options,
});
/** A JSON document as text; compared by meaning, accepted as an object too. */
export const json = (options: Options<string> = {}): Property<string> => ({
  kind: "json",
  ...options,
});
export const asset = (options: Options<Asset | Archive> = {}): Property<Asset | Archive> => ({
  kind: "asset",
  ...options,
});
export const list = <T>(element: Property<T>, options: Options<T[]> = {}): Property<T[]> => ({
  kind: "list",
  element,
  ...options,
});
/** A list without order. */
export const set = <T>(element: Property<T>, options: Options<T[]> = {}): Property<T[]> => ({
  kind: "set",
  element,
  ...options,
});
export const map = <T>(
  element: Property<T>,
  options: Options<Record<string, T>> = {},
): Property<Record<string, T>> => ({ kind: "map", element, ...options });
export const object = <S extends Shape>(
  fields: S,
  options: Options<Infer<S>> = {},
): Property<Infer<S>> => ({ kind: "object", fields, ...options });

export const required = <P extends Property>(property: P): P & { required: true } => ({
  ...property,
  required: true,
});
export const output = <P extends Property>(property: P): P => ({ ...property, output: true });

/** `tags` and `tagsAll`, as every taggable resource has them. */
export const tagged = {
  tags: map(string()),
  tagsAll: output(map(string())),
};
/** `region`, as every resource of a regional service has it since version 7. */
export const regional = { region: string({ replaces: true, computed: true }) };
