import type { Registration } from "../goal";
import { ResourceInitError } from "../provider";
import type { ResourceState } from "../resource-state";
import { now, Step, type StepContext, type StepDiff } from "./step";

export class UpdateStep extends Step {
  readonly operation = "update";
  readonly logical = true;

  constructor(
    readonly old: ResourceState,
    readonly next: ResourceState,
    override readonly registration: Registration,
    private readonly why: StepDiff,
  ) {
    super();
  }

  override get diff(): StepDiff {
    return this.why;
  }

  async apply(context: StepContext): Promise<void> {
    const { old, next: state } = this;
    state.id = old.id;
    state.created = old.created;
    state.modified = old.modified;
    if (!state.custom) return;
    try {
      const updated = await context.providers.managerOf(state).update({
        urn: state.urn,
        id: old.id,
        oldInputs: old.inputs,
        oldOutputs: old.outputs ?? {},
        newInputs: state.inputs,
        timeoutSeconds: state.customTimeouts.update,
        ignoreChanges: state.ignoreChanges,
        preview: context.dryRun,
      });
      state.outputs = updated.outputs;
      state.modified = now();
    } catch (error) {
      if (!(error instanceof ResourceInitError)) throw error;
      state.initErrors = error.reasons;
      state.outputs = error.live.outputs;
      state.modified = now();
      // What exists was not made from the new inputs, so the next operation has to compare with the old ones.
      state.inputs = old.inputs;
      throw error;
    }
  }
}
