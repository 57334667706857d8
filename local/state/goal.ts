import type { Alias } from "./aliases";
import type { HookBindings } from "./hook-bindings";
import type { PropertyMap, PropertyValue } from "../values/property-value";
import type { ResourceState, Timeouts } from "./resource-state";

/** A resource as the program declares it. */
export interface Goal {
  type: string;
  name: string;
  custom: boolean;
  inputs: PropertyMap;
  parent: string;
  protect: boolean | undefined;
  dependencies: string[];
  /** Reference to the provider; empty for components and for providers themselves. */
  provider: string;
  propertyDependencies: Record<string, string[]>;
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  additionalSecretOutputs: string[];
  aliases: Alias[];
  importId: string;
  customTimeouts: Timeouts;
  replaceOnChanges: string[];
  retainOnDelete: boolean | undefined;
  deletedWith: string;
  replaceWith: string[];
  /** Null when there is none. */
  replacementTrigger: PropertyValue;
  resourceHooks: HookBindings;
  sourcePosition: string;
  stackTrace: { sourcePosition?: string }[];
}

/** A resource that the program reads but does not own. */
export interface ReadGoal {
  type: string;
  name: string;
  id: string;
  inputs: PropertyMap;
  parent: string;
  provider: string;
  dependencies: string[];
  additionalSecretOutputs: string[];
  sourcePosition: string;
  stackTrace: { sourcePosition?: string }[];
}

export interface Registered {
  state: ResourceState;
  /** Not created because it is not among the targets: its outputs are not known. */
  unknown: boolean;
}

/** A resource that the program waits for. If its step fails, the operation stops and the program no longer waits. */
export class Registration {
  readonly done: Promise<Registered>;
  private settle: (registered: Registered) => void = () => undefined;

  constructor() {
    this.done = new Promise((resolve) => (this.settle = resolve));
  }

  succeed(state: ResourceState, unknown = false): void {
    this.settle({ state, unknown });
  }
}
