import type { Registration } from "../state/goal";
import { ResourceInitError, type ReadResult } from "../provider-client/provider";
import { equalMaps } from "../values/property-operations";
import type { ResourceState } from "../state/resource-state";
import { unknownId } from "../values/urn";
import { now, Step, type StepContext } from "./step";

/** Reads a resource that the stack does not own. Unlike most steps, it also runs in a preview. */
export class ReadStep extends Step {
  constructor(
    readonly old: ResourceState | undefined,
    readonly next: ResourceState,
    override readonly registration: Registration,
    /** The resource with this URN that the stack owned before. It is deleted. */
    private readonly replacing: boolean,
  ) {
    super();
  }

  get operation() {
    return this.replacing ? "read-replacement" : "read";
  }

  get logical(): boolean {
    return !this.replacing;
  }

  async apply(context: StepContext): Promise<void> {
    const { old, next: state } = this;
    let failure: ResourceInitError | undefined;
    if (state.id === unknownId) {
      state.outputs = {};
    } else {
      let result: ReadResult;
      try {
        result = await context.providers.managerOf(state).read({
          urn: state.urn,
          id: state.id,
          inputs: state.inputs,
          outputs: state.inputs,
          timeoutSeconds: state.customTimeouts.read,
        });
      } catch (error) {
        if (!(error instanceof ResourceInitError)) throw error;
        failure = error;
        state.initErrors = error.reasons;
        result = error.live;
      }
      if (result.outputs === undefined || result.id === "") {
        throw new Error(`resource '${state.id}' does not exist`);
      }
      state.outputs = result.outputs;
      state.id = result.id;
    }
    if (this.replacing && old !== undefined) old.delete = true;
    this.stamp();
    if (failure !== undefined) throw failure;
  }

  private stamp(): void {
    const { old, next: state } = this;
    if (old === undefined) return;
    state.created = old.created;
    state.modified = old.modified;
    const same =
      equalMaps(state.inputs, old.inputs) && equalMaps(state.outputs ?? {}, old.outputs ?? {});
    if (!same) state.modified = now();
  }
}
