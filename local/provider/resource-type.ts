import type { Clients } from "./clients";
import type { Infer, Shape } from "./shape";
import type { Tags } from "./tags";

/** The arguments that all functions of a resource type get. */
export interface ResourceContext {
  /** Clients of the resource's own region. */
  clients: Clients;
  region: string;
  accountId: string;
  /** Logical name of the resource in the program. */
  name: string;
  /** Aborts when the engine cancels. Waits then end early. */
  signal: AbortSignal;
  /** Call as soon as the physical resource exists: a later failure then keeps it in the state. */
  created: (id: string) => void;
  warn: (message: string) => void;
  /** Progress of a long step; not kept in the report. */
  progress: (message: string) => void;
}

export interface Change<S extends Shape> {
  /** Top-level properties that differ. */
  changed: ReadonlySet<string>;
  /** State before the update. */
  old: Partial<Infer<S>>;
}

/** A service's own two calls for tags; `arn` is the resource's, where it has that output. */
export interface TagCalls {
  remove(id: string, keys: string[], context: ResourceContext, arn: string): Promise<unknown>;
  put(id: string, tags: Tags, context: ResourceContext, arn: string): Promise<unknown>;
}

export interface NameRule {
  property: string;
  prefixProperty?: string;
  maxLength: number;
  /** Adapts a generated name to the service's rules (".fifo", lower case, "alias/"). */
  adapt?(name: string, inputs: Record<string, unknown>): string;
}

/** One resource type, in the terms of its service. Everything that is the same for all types
 *  (checking, defaults, names, tags, differences, previews, secrets) is done outside. */
export interface ResourceType<S extends Shape = Shape> {
  type: string;
  shape: S;
  name?: NameRule;
  /** Deletes before the replacement is created, even if the name does not require it. */
  deleteBeforeReplace?: boolean;
  /** Rules about several properties. Returns sentences, each with the value, the rule and the fix. */
  check?(inputs: Record<string, unknown>): { property?: string; reason: string }[];
  /** Changed properties that AWS cannot change from this state to these inputs; over and above those that
   *  the shape says always replace. */
  alsoReplaces?(state: Record<string, unknown>, inputs: Record<string, unknown>): string[];
  /** Paths, as in `ignoreChanges`, whose differences mean nothing between this state and these inputs
   *  (Terraform's DiffSuppressFunc). */
  suppresses?(state: Record<string, unknown>, inputs: Record<string, unknown>): string[];
  /** Outputs that an update of these properties gives a new value. */
  unknownAfter?(changed: ReadonlySet<string>): string[];
  /** Splits the id that the official provider asks for at an import, where it is not the id itself. */
  importId?(id: string): { id: string; properties: Partial<Infer<S>> };
  /** The id after an import, where it is not the one the import was given. */
  idOf?(state: Partial<Infer<S>>): string | undefined;
  /** If set, `update` is called only for changes other than tags. */
  tags?: TagCalls;
  create(
    inputs: Infer<S> & { tagsAll?: Record<string, string> },
    context: ResourceContext,
  ): Promise<string>;
  /** Undefined when it is gone. `recorded` is the state (or, right after create, the inputs). */
  read(
    id: string,
    context: ResourceContext,
    recorded: Partial<Infer<S>>,
  ): Promise<Partial<Infer<S>> | undefined>;
  /** Absent where every property replaces. */
  update?(
    id: string,
    inputs: Infer<S> & { tagsAll?: Record<string, string> },
    change: Change<S>,
    context: ResourceContext,
  ): Promise<void>;
  delete(id: string, state: Partial<Infer<S>>, context: ResourceContext): Promise<void>;
}

/** `put` instead of `create` and `update`, if one request of the service does both. */
type Definition<S extends Shape> = Omit<ResourceType<S>, "create"> &
  (Pick<ResourceType<S>, "create"> | { put: ResourceType<S>["create"] });

/** Keeps the type of the shape, so that the functions of a resource type are typed by it. */
export function resourceType<S extends Shape>(definition: Definition<S>): ResourceType<S> {
  if (!("put" in definition)) return definition;
  const { put, ...rest } = definition;
  return {
    ...rest,
    create: put,
    async update(_id, inputs, _change, context) {
      await put(inputs, context);
    },
  };
}
