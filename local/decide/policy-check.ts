import type { Goal } from "../state/goal";
import type { AnalyzedResource } from "../policy/analyzed-resource";
import type { OperationState } from "./operation-state";
import type { PropertyMap } from "../values/property-value";
import type { ResourceState } from "../state/resource-state";
import { parseProviderReference, parseUrn } from "../values/urn";

/** Lets the policies correct the inputs of a resource, then lets them check it, before any step runs. */
export async function violatesPolicy(
  state: OperationState,
  resource: ResourceState,
  goal: Goal,
): Promise<boolean> {
  const { policies } = state.scope;
  if (policies === undefined) return false;
  const subject = () => analyzed(state, resource, resource.inputs, goal.deleteBeforeReplace);
  if (policies.remediate !== undefined) resource.inputs = await policies.remediate(subject());
  const answer = await policies.analyze(subject());
  if (answer.mandatoryViolation) state.sawError = true;
  return answer.mandatoryViolation;
}

/** Lets the policies check the stack after the operation (in a preview: the expected stack). */
export async function checkStackPolicies(state: OperationState): Promise<void> {
  const { policies } = state.scope;
  if (policies === undefined) return;
  const resources = [...state.news.values()].map((resource) =>
    analyzed(
      state,
      resource,
      resource.outputs ?? {},
      state.goals.get(resource.urn)?.deleteBeforeReplace,
    ),
  );
  const answer = await policies.analyzeStack(resources);
  if (answer.mandatoryViolation) state.sawError = true;
}

function analyzed(
  state: OperationState,
  resource: ResourceState,
  properties: PropertyMap,
  deleteBeforeReplace: boolean | undefined,
): AnalyzedResource {
  const { urn, type, parent, customTimeouts } = resource;
  const provider = providerOf(state, resource);
  return {
    urn,
    type,
    name: parseUrn(urn).name,
    properties,
    dependencies: resource.dependencies,
    propertyDependencies: resource.propertyDependencies,
    options: {
      protect: resource.protect,
      ignoreChanges: resource.ignoreChanges,
      aliases: resource.aliases,
      additionalSecretOutputs: resource.additionalSecretOutputs,
      customTimeouts: {
        create: customTimeouts.create,
        update: customTimeouts.update,
        delete: customTimeouts.delete,
      },
      ...(deleteBeforeReplace === undefined ? {} : { deleteBeforeReplace }),
    },
    ...(parent === "" ? {} : { parent }),
    ...(provider === undefined ? {} : { provider }),
  };
}

function providerOf(state: OperationState, resource: ResourceState): AnalyzedResource["provider"] {
  if (resource.provider === "") return undefined;
  const { urn } = parseProviderReference(resource.provider);
  const provider = state.providerStates.get(urn) ?? state.olds.get(urn);
  if (provider === undefined) return undefined;
  return {
    urn,
    type: provider.type,
    name: parseUrn(urn).name,
    properties: provider.inputs,
  };
}
