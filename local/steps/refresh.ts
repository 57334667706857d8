import type { StepOperation } from "../values/events";
import { equalMaps } from "../values/property-operations";
import {
  noDiff,
  ResourceInitError,
  type DiffResult,
  type ReadResult,
} from "../provider-client/provider";
import { diffResource, invert } from "../provider-client/provider-diff";
import type { ResourceState } from "../state/resource-state";
import { isProviderType } from "../values/urn";
import { now, Step, type StepContext, type StepDiff } from "./step";

/** Reads the current state of a resource. The differences are those that the next `up` would undo, in the
 *  opposite direction: the value in the cloud compared with the program's inputs. */
export class RefreshStep extends Step {
  readonly operation = "refresh";
  readonly logical = false;
  next: ResourceState | undefined;
  private found: DiffResult = noDiff;

  constructor(readonly old: ResourceState) {
    super();
    this.next = old;
  }

  override get resource(): ResourceState {
    return this.old;
  }

  override get diff(): StepDiff {
    const { replaceKeys, detailedDiff } = this.found;
    return { replaceKeys, ...(detailedDiff === undefined ? {} : { detailedDiff }) };
  }

  /** The result of the refresh. */
  get result(): StepOperation {
    const { old, next: state } = this;
    if (state === undefined) return "delete";
    if (state === old) return "same";
    if (old.external) {
      return equalMaps(old.outputs ?? {}, state.outputs ?? {}) ? "same" : "update";
    }
    return this.found.changes === "none" ? "same" : "update";
  }

  async apply(context: StepContext): Promise<void> {
    const { old } = this;
    if (!old.custom || isProviderType(old.type) || old.pendingReplacement) return;
    const provider = context.providers.managerOf(old);
    let initErrors: string[] = [];
    let read: ReadResult;
    try {
      read = await provider.read({
        urn: old.urn,
        id: old.id,
        inputs: old.inputs,
        outputs: old.outputs ?? {},
        timeoutSeconds: old.customTimeouts.read,
      });
    } catch (error) {
      if (!(error instanceof ResourceInitError)) throw error;
      initErrors = error.reasons;
      read = error.live;
      context.warn(
        old.urn,
        `Refreshed resource is in an unhealthy state:\n* ${initErrors.join("\n* ")}`,
      );
    }
    if (read.id === "" || read.outputs === undefined) {
      this.next = undefined;
      return;
    }
    const inputs = read.inputs ?? old.inputs;
    const state: ResourceState = {
      ...old,
      id: read.id,
      initErrors,
      inputs,
      outputs: read.outputs,
    };
    const same = equalMaps(inputs, old.inputs) && equalMaps(read.outputs, old.outputs ?? {});
    if (!same) state.modified = now();
    this.next = state;
    if (old.external) return;
    const diff = await diffResource(provider, {
      urn: old.urn,
      id: state.id,
      oldInputs: inputs,
      oldOutputs: read.outputs,
      newInputs: old.inputs,
      allowUnknowns: context.dryRun,
      ignoreChanges: old.ignoreChanges,
    });
    this.found = invert(diff);
  }
}
