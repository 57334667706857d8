import { oldValues } from "./hooks/step-hooks";
import type { ResourceState } from "../state/resource-state";
import { Step, type StepContext } from "./step";

/** pulumi-local has no command that edits the state, so the program must be changed. */
export const howToUnprotect =
  "To unprotect the resource, remove the `protect` flag from it in your Pulumi program (put it back there " +
  "first if it is gone) and run `pulumi-local up`";

export class ProtectedError extends Error {
  constructor(urn: string) {
    super(`resource "${urn}" cannot be deleted\n` + `because it is protected. ${howToUnprotect}`);
    this.name = "ProtectedError";
  }
}

export class DeleteStep extends Step {
  readonly next = undefined;
  readonly logical: boolean;

  constructor(
    readonly old: ResourceState,
    private readonly options: {
      /** Whether the step is part of a replacement. */
      replacing: boolean;
      /** Deleted before its replacement is created: it stays in the state until that has happened. */
      pendingReplacement: boolean;
    } = { replacing: false, pendingReplacement: false },
  ) {
    super();
    this.logical = !options.replacing;
  }

  get operation() {
    const { replacing } = this.options;
    if (this.old.external) return replacing ? "discard-replaced" : "discard";
    return replacing ? "delete-replaced" : "delete";
  }

  async apply(context: StepContext): Promise<void> {
    const { old, options } = this;
    const { hooks } = context;
    await hooks.before("BeforeDelete", old, oldValues(old));
    if (!options.replacing && old.protect) throw new ProtectedError(old.urn);
    if (!context.dryRun && this.mustAskProvider(context)) {
      await hooks.retried("delete", old, oldValues(old), () =>
        context.providers.managerOf(old).delete({
          urn: old.urn,
          id: old.id,
          inputs: old.inputs,
          outputs: old.outputs ?? {},
          timeoutSeconds: old.customTimeouts.delete,
        }),
      );
    }
    if (options.pendingReplacement) old.pendingReplacement = true;
    await hooks.after("AfterDelete", old, oldValues(old));
  }

  private mustAskProvider(context: StepContext): boolean {
    const { old } = this;
    const goesWithAnother = old.deletedWith !== "" && context.deletes.has(old.deletedWith);
    return old.custom && !old.external && !old.retainOnDelete && !goesWithAnother;
  }
}

/** Removes a resource from the state that was deleted for a replacement which is no longer needed. */
export class RemovePendingReplaceStep extends Step {
  readonly operation = "remove-pending-replace";
  readonly next = undefined;
  readonly logical = false;

  constructor(readonly old: ResourceState) {
    super();
  }

  override get isInternal(): boolean {
    return true;
  }

  apply(): Promise<void> {
    return Promise.resolve();
  }
}
