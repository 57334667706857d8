import type { Registration } from "../state/goal";
import { oldValues } from "./hooks/step-hooks";
import type { PropertyMap } from "../values/property-value";
import { ResourceInitError } from "../provider-client/provider";
import type { ResourceState } from "../state/resource-state";
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
    const values = { newInputs: state.inputs, ...oldValues(old) };
    await context.hooks.before("BeforeUpdate", state, values);
    if (!state.custom) return;
    try {
      const updated = await context.hooks.retried("update", state, values, () => this.ask(context));
      state.outputs = updated.outputs;
      state.modified = now();
    } catch (error) {
      if (!(error instanceof ResourceInitError)) throw error;
      state.outputs = error.live.outputs;
      state.modified = now();
      // The existing resource does not have the new inputs, so the next operation must compare with the old ones.
      state.inputs = old.inputs;
      throw error;
    }
    await this.afterHooks(context);
  }

  /** For a component: called when it has registered its outputs. */
  override async afterHooks({ hooks }: StepContext): Promise<void> {
    const { inputs, outputs = {} } = this.next;
    const values = { newInputs: inputs, newOutputs: outputs, ...oldValues(this.old) };
    await hooks.after("AfterUpdate", this.next, values);
  }

  private async ask(context: StepContext): Promise<{ outputs: PropertyMap }> {
    const { old, next: state } = this;
    try {
      return await context.providers.managerOf(state).update({
        urn: state.urn,
        id: old.id,
        oldInputs: old.inputs,
        oldOutputs: old.outputs ?? {},
        newInputs: state.inputs,
        timeoutSeconds: state.customTimeouts.update,
        ignoreChanges: state.ignoreChanges,
        preview: context.dryRun,
      });
    } catch (error) {
      // They stay in the state even if a retry by an error hook succeeds, as in Pulumi's engine.
      if (error instanceof ResourceInitError) state.initErrors = error.reasons;
      throw error;
    }
  }
}
