import type { OperationState } from "./operation-state";
import { equalMaps } from "../values/property-operations";
import {
  DiffUnavailableError,
  noDiff,
  type DiffResult,
  type Provider,
} from "../provider-client/provider";
import { applyReplaceOnChanges, diffResource } from "../provider-client/provider-diff";
import { isTriggered } from "./replacement-trigger";
import type { ResourceState } from "../state/resource-state";
import { parseProviderReference } from "../values/urn";

/** The differences between the old state and the program, and whether they require a replacement. */
export async function resourceDiff(
  state: OperationState,
  old: ResourceState,
  next: ResourceState,
  manager: Provider | undefined,
): Promise<DiffResult> {
  const diff = await rawDiff(state, old, next, manager);
  return applyReplaceOnChanges(diff, next.replaceOnChanges, old.initErrors.length > 0);
}

async function rawDiff(
  state: OperationState,
  old: ResourceState,
  next: ResourceState,
  manager: Provider | undefined,
): Promise<DiffResult> {
  if (isTriggered(old, next)) return { ...noDiff, changes: "some" };
  if (old.taint || state.selection.isReplaced(next.urn)) return replacedBecauseOf("id");
  if (next.replaceWith.some((urn) => state.replaced.has(urn))) {
    return replacedBecauseOf("replaceWith");
  }
  if (next.deletedWith !== "" && state.replaced.has(next.deletedWith)) {
    return replacedBecauseOf("deletedWith");
  }
  if (await providerChanged(state, old, next)) return replacedBecauseOf("provider");
  if (manager === undefined) {
    return { ...noDiff, changes: equalMaps(old.inputs, next.inputs) ? "none" : "some" };
  }
  try {
    return await diffResource(manager, {
      urn: next.urn,
      id: old.id,
      oldInputs: old.inputs,
      oldOutputs: old.outputs ?? {},
      newInputs: next.inputs,
      allowUnknowns: state.dryRun,
      ignoreChanges: next.ignoreChanges,
    });
  } catch (error) {
    if (!(error instanceof DiffUnavailableError)) throw error;
    state.warn(next.urn, error.message);
    return { ...noDiff, changes: "some" };
  }
}

function replacedBecauseOf(key: string): DiffResult {
  return { ...noDiff, changes: "some", replaceKeys: [key] };
}

/** Whether the resource now has another provider that cannot manage the existing resource. */
async function providerChanged(
  state: OperationState,
  old: ResourceState,
  next: ResourceState,
): Promise<boolean> {
  if (old.provider === next.provider) return false;
  if (old.provider === "" || next.provider === "") return true;
  const oldUrn = parseProviderReference(old.provider).urn;
  const newUrn = parseProviderReference(next.provider).urn;
  if (state.aliased.get(oldUrn) === newUrn) return false;
  const oldProvider = state.olds.get(oldUrn);
  const newProvider = state.providerStates.get(newUrn);
  if (oldProvider === undefined || newProvider === undefined) return true;
  return state.providers.mustReplace(next.provider, oldProvider, newProvider);
}
