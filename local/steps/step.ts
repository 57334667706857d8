import type { PropertyDiff, StepMetadata, StepOperation } from "../values/events";
import type { Registration } from "../state/goal";
import type { StepHooks } from "./hooks/step-hooks";
import type { PropertyMap } from "../values/property-value";
import type { ProviderRegistry } from "../provider-client/provider-registry";
import type { ResourceState } from "../state/resource-state";
import { isDefaultProvider } from "../values/urn";

/** The parts of the operation that a step uses. */
export interface StepContext {
  readonly dryRun: boolean;
  readonly providers: ProviderRegistry;
  readonly hooks: StepHooks;
  /** URNs that this operation deletes. */
  readonly deletes: ReadonlySet<string>;
  warn(urn: string, message: string): void;
}

/** The differences that caused the step. They are shown with it. */
export interface StepDiff {
  replaceKeys?: string[];
  detailedDiff?: Record<string, PropertyDiff>;
}

/** One operation on one resource. Applying it changes the cloud (not in a preview) and the state objects. */
export abstract class Step {
  abstract readonly operation: StepOperation;
  abstract readonly old: ResourceState | undefined;
  abstract readonly next: ResourceState | undefined;
  /** False for the two physical steps of a replacement. */
  abstract readonly logical: boolean;
  readonly registration: Registration | undefined = undefined;

  get diff(): StepDiff {
    return {};
  }

  /** The state that the step is about. */
  get resource(): ResourceState {
    const state = this.next ?? this.old;
    if (state === undefined) throw new Error(`A step of kind ${this.operation} has no resource`);
    return state;
  }

  get urn(): string {
    return this.resource.urn;
  }

  /** Default providers are not part of the program, so they are neither shown nor counted. */
  get isInternal(): boolean {
    return isDefaultProvider(this.urn);
  }

  abstract apply(context: StepContext): Promise<void>;

  /** The answer to the program when a component is complete. */
  afterHooks(_context: StepContext): Promise<void> {
    return Promise.resolve();
  }

  /** Answers the program after the state is saved. */
  complete(): void {
    if (this.next !== undefined) this.registration?.succeed(this.next);
  }

  metadata(operation: StepOperation = this.operation): StepMetadata {
    const { resource, old, diff } = this;
    const { replaceKeys, detailedDiff } = diff;
    return {
      operation,
      urn: resource.urn,
      type: resource.type,
      provider: resource.provider,
      logical: this.logical,
      ...(resource.id === "" ? {} : { id: resource.id }),
      ...(resource.parent === "" ? {} : { parent: resource.parent }),
      ...(old === undefined ? {} : { old: shown(old) }),
      ...(this.next === undefined ? {} : { new: shown(this.next) }),
      ...(replaceKeys === undefined ? {} : { replaceKeys }),
      ...(detailedDiff === undefined ? {} : { detailedDiff }),
      ...(old?.retainOnDelete === true && leaving.includes(operation) ? { retained: true } : {}),
    };
  }
}

/** Operations by which a resource leaves the state, or a replacement takes its place. */
const leaving: StepOperation[] = ["delete", "replace", "create-replacement", "delete-replaced"];

function shown(state: ResourceState): { inputs: PropertyMap; outputs: PropertyMap } {
  return { inputs: state.inputs, outputs: state.outputs ?? {} };
}

export function now(): string {
  return new Date().toISOString();
}
