import type { Goal, ReadGoal } from "../state/goal";
import { emptyState, type ResourceState } from "../state/resource-state";

/** The state of a registered resource before any of its steps has run. */
export function registeredState(
  goal: Goal,
  urn: string,
  alias: string | undefined,
  old: ResourceState | undefined,
): ResourceState {
  return {
    ...emptyState,
    urn,
    type: goal.type,
    custom: goal.custom,
    inputs: goal.inputs,
    parent: goal.parent,
    protect: goal.protect ?? false,
    dependencies: goal.dependencies,
    provider: goal.provider,
    propertyDependencies: goal.propertyDependencies,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    aliases: alias === undefined ? [] : [alias],
    customTimeouts: goal.customTimeouts,
    importId: goal.importId,
    retainOnDelete: goal.retainOnDelete ?? false,
    deletedWith: goal.deletedWith,
    replaceWith: goal.replaceWith,
    replacementTrigger: goal.replacementTrigger,
    resourceHooks: goal.resourceHooks,
    created: old?.created,
    modified: old?.modified,
    sourcePosition: goal.sourcePosition,
    stackTrace: goal.stackTrace,
    ignoreChanges: goal.ignoreChanges,
    replaceOnChanges: goal.replaceOnChanges,
  };
}

export function readState(goal: ReadGoal, urn: string, alias: string | undefined): ResourceState {
  return {
    ...emptyState,
    urn,
    type: goal.type,
    custom: true,
    id: goal.id,
    inputs: goal.inputs,
    parent: goal.parent,
    external: true,
    dependencies: goal.dependencies,
    provider: goal.provider,
    additionalSecretOutputs: goal.additionalSecretOutputs,
    aliases: alias === undefined ? [] : [alias],
    sourcePosition: goal.sourcePosition,
    stackTrace: goal.stackTrace,
  };
}
