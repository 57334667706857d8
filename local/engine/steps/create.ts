import type { Registration } from "../goal";
import { ResourceInitError } from "../provider";
import type { ResourceState } from "../resource-state";
import { now, Step, type StepContext, type StepDiff } from "./step";

/** Creates a resource; with `replaced`, in place of another one. */
export class CreateStep extends Step {
  constructor(
    readonly next: ResourceState,
    override readonly registration: Registration,
    private readonly replaced?: {
      old: ResourceState;
      diff: StepDiff;
      /** The old resource is deleted later, when nothing needs it any more. */
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
    const state = this.next;
    let failure: ResourceInitError | undefined;
    let created: { id: string; outputs: ResourceState["outputs"] } = state;
    if (state.custom) {
      try {
        created = await context.providers.managerOf(state).create({
          urn: state.urn,
          inputs: state.inputs,
          timeoutSeconds: state.customTimeouts.create,
          preview: context.dryRun,
        });
      } catch (error) {
        if (!(error instanceof ResourceInitError)) throw error;
        failure = error;
        state.initErrors = error.reasons;
        created = error.live;
      }
    }
    state.id = created.id;
    state.outputs = created.outputs;
    state.created = state.modified = now();
    if (this.replaced?.deleteLater === true) this.replaced.old.delete = true;
    if (failure !== undefined) throw failure;
  }
}

/** The logical whole of a replacement: what people see of it. */
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
