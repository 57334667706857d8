import type { Registration } from "../state/goal";
import type { PropertyMap } from "../values/property-value";
import { ResourceInitError } from "../provider-client/provider";
import type { ResourceState } from "../state/resource-state";
import { now, Step, type StepContext, type StepDiff } from "./step";

/** Creates a resource; with `replaced`, in place of another one. */
export class CreateStep extends Step {
  constructor(
    readonly next: ResourceState,
    override readonly registration: Registration,
    private readonly replaced?: {
      old: ResourceState;
      diff: StepDiff;
      /** The old resource is deleted later, when no resource depends on it. */
      deleteLater: boolean;
    },
  ) {
    super();
  }

  get operation() {
    return this.replaced === undefined ? "create" : "create-replacement";
  }

  get logical(): boolean {
    return this.replaced === undefined;
  }

  get old(): ResourceState | undefined {
    return this.replaced?.old;
  }

  override get diff(): StepDiff {
    return this.replaced?.diff ?? {};
  }

  async apply(context: StepContext): Promise<void> {
    const { hooks } = context;
    const state = this.next;
    await hooks.before("BeforeCreate", state, { newInputs: state.inputs });
    let failure: ResourceInitError | undefined;
    let created: { id: string; outputs: ResourceState["outputs"] } = state;
    if (state.custom) {
      try {
        created = await hooks.retried("create", state, { newInputs: state.inputs }, () =>
          this.ask(context),
        );
      } catch (error) {
        if (!(error instanceof ResourceInitError)) throw error;
        failure = error;
        created = error.live;
      }
    }
    state.id = created.id;
    state.outputs = created.outputs;
    state.created = state.modified = now();
    if (this.replaced?.deleteLater === true) this.replaced.old.delete = true;
    if (failure !== undefined) throw failure;
    if (state.custom) await this.afterHooks(context);
  }

  /** For a component: called when it has registered its outputs. */
  override async afterHooks({ hooks }: StepContext): Promise<void> {
    const { inputs, outputs = {} } = this.next;
    await hooks.after("AfterCreate", this.next, { newInputs: inputs, newOutputs: outputs });
  }

  private async ask(context: StepContext): Promise<{ id: string; outputs: PropertyMap }> {
    const state = this.next;
    try {
      return await context.providers.managerOf(state).create({
        urn: state.urn,
        inputs: state.inputs,
        timeoutSeconds: state.customTimeouts.create,
        preview: context.dryRun,
      });
    } catch (error) {
      // They stay in the state even if a retry by an error hook succeeds, as in Pulumi's engine.
      if (error instanceof ResourceInitError) state.initErrors = error.reasons;
      throw error;
    }
  }
}

/** The logical step of a replacement, which is shown to the user. */
export class ReplaceStep extends Step {
  readonly operation = "replace";
  readonly logical = true;

  constructor(
    readonly old: ResourceState,
    readonly next: ResourceState,
    private readonly why: StepDiff,
  ) {
    super();
  }

  override get diff(): StepDiff {
    return this.why;
  }

  apply(): Promise<void> {
    return Promise.resolve();
  }
}
