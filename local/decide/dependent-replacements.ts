import type { OperationState } from "./operation-state";
import { Unknown, type PropertyMap } from "../values/property-value";
import { applyReplaceOnChanges, diffResource } from "../provider-client/provider-diff";
import { replaces } from "../provider-client/provider";
import type { ResourceState } from "../state/resource-state";
import { isProviderType, parseProviderReference } from "../values/urn";

export interface DependentReplacement {
  resource: ResourceState;
  keys: string[];
}

/** The resources that must be deleted before `root`, if `root` is deleted before its replacement exists: all resources
 *  that would be replaced if the values they use from `root` changed. To find out, the provider compares them with
 *  unknowns as the values of those properties. */
export async function dependentReplacements(
  state: OperationState,
  root: ResourceState,
): Promise<DependentReplacement[]> {
  const replaceSet = new Set([root.urn]);
  const found: DependentReplacement[] = [];
  if (state.graph.has(root)) {
    // Resources that are already registered cannot depend on the root, even if they did in the old state.
    for (const dependent of state.graph.dependingOn(root, (urn) => state.hasStep(urn), false)) {
      const keys = await replacementKeys(state, dependent, replaceSet);
      if (keys === undefined) continue;
      found.push({ resource: dependent, keys });
      replaceSet.add(dependent.urn);
    }
  }
  for (const resource of [...state.news.values(), ...state.olds.values()]) {
    const goesAlong = resource.deletedWith === root.urn || resource.replaceWith.includes(root.urn);
    if (goesAlong && !replaceSet.has(resource.urn)) {
      found.push({ resource, keys: [] });
      replaceSet.add(resource.urn);
    }
  }
  return found;
}

/** Undefined if the resource need not be replaced. */
async function replacementKeys(
  state: OperationState,
  resource: ResourceState,
  replaceSet: ReadonlySet<string>,
): Promise<string[] | undefined> {
  if (!resource.custom || resource.external) return undefined;
  if (resource.provider !== "") {
    const { urn } = parseProviderReference(resource.provider);
    if (replaceSet.has(urn)) {
      await state.providers.ensure(resource.provider);
      return [];
    }
  }
  if (replaceSet.has(resource.deletedWith)) return [];
  const inputs = withUnknowns(resource, replaceSet);
  if (inputs === undefined) return undefined;
  if (isProviderType(resource.type)) await state.providers.same(resource, false);
  else await state.providers.ensure(resource.provider);
  const diff = await diffResource(state.providers.managerOf(resource), {
    urn: resource.urn,
    id: resource.id,
    oldInputs: resource.inputs,
    oldOutputs: resource.outputs ?? {},
    newInputs: inputs,
    allowUnknowns: true,
    ignoreChanges: resource.ignoreChanges,
  });
  const judged = applyReplaceOnChanges(diff, resource.replaceOnChanges, false);
  return replaces(judged) ? judged.replaceKeys : undefined;
}

/** Undefined if no property uses a replaced resource. */
function withUnknowns(
  resource: ResourceState,
  replaceSet: ReadonlySet<string>,
): PropertyMap | undefined {
  const affected = Object.keys(resource.inputs).filter((key) =>
    resource.propertyDependencies[key]?.some((urn) => replaceSet.has(urn)),
  );
  if (affected.length === 0) return undefined;
  const inputs = { ...resource.inputs };
  for (const key of affected) inputs[key] = Unknown.value;
  return inputs;
}
