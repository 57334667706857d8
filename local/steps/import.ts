import type { Registration } from "../state/goal";
import { processIgnoreChanges } from "../values/ignore-changes";
import { ResourceInitError, type ReadResult } from "../provider-client/provider";
import type { ResourceState } from "../state/resource-state";
import { copyMap } from "../values/property-operations";
import { packageOf } from "../values/urn";
import { now, Step, type StepContext } from "./step";

/** Imports an existing resource: its state is what the provider reads. It is compared with the program
 *  afterwards, like any other resource. */
export class ImportStep extends Step {
  old: ResourceState | undefined;
  /** False if the resource could not be read. No further step follows then. */
  succeeded = false;

  constructor(
    readonly next: ResourceState,
    override readonly registration: Registration,
    /** The resource that the stack owned under this URN; it is deleted. */
    private readonly original: ResourceState | undefined,
  ) {
    super();
  }

  get operation() {
    return this.original === undefined ? "import" : "import-replacement";
  }

  get logical(): boolean {
    return this.original === undefined;
  }

  async apply(context: StepContext): Promise<void> {
    const state = this.next;
    let read: ReadResult;
    try {
      read = await context.providers.managerOf(state).read({
        urn: state.urn,
        id: state.importId,
        timeoutSeconds: state.customTimeouts.read,
      });
    } catch (error) {
      if (!(error instanceof ResourceInitError)) throw error;
      state.initErrors = error.reasons;
      read = error.live;
    }
    if (read.outputs === undefined || read.id === "") {
      throw new Error(`resource '${state.importId}' does not exist`);
    }
    if (read.inputs === undefined) {
      throw new Error(
        `provider does not support importing resources; please try updating the '${packageOf(state.type)}' plugin`,
      );
    }
    state.id = read.id;
    state.outputs = read.outputs;
    this.old = { ...state, inputs: read.inputs, additionalSecretOutputs: [], aliases: [] };
    state.created = state.modified = now();
    state.inputs = processIgnoreChanges(
      copyMap(read.inputs),
      read.inputs,
      state.ignoreChanges,
    ).inputs;
    if (this.original !== undefined) this.original.delete = true;
    this.succeeded = true;
  }

  /** The program gets its answer when the following steps are done. */
  override complete(): void {
    return;
  }
}
