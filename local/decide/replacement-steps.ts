import { dependentReplacements } from "./dependent-replacements";
import type { Goal, Registration } from "../state/goal";
import { Bail, type OperationState } from "./operation-state";
import type { DiffResult } from "../provider-client/provider";
import type { ResourceState } from "../state/resource-state";
import { CreateStep, ReplaceStep } from "../steps/create";
import { DeleteStep, howToUnprotect } from "../steps/delete";
import type { Step, StepDiff } from "../steps/step";

export interface Candidate {
  goal: Goal;
  registration: Registration;
  old: ResourceState;
  next: ResourceState;
}

/** Replaces a resource. By default the new one is created, its dependents are updated, and then the old
 *  one is deleted. If both cannot exist at the same time, the old one is deleted first, together with
 *  all dependents that must be replaced too. */
export async function replacementSteps(
  state: OperationState,
  { goal, registration, old, next }: Candidate,
  diff: DiffResult,
): Promise<Step[]> {
  const why: StepDiff = {
    replaceKeys: diff.replaceKeys,
    ...(diff.detailedDiff === undefined ? {} : { detailedDiff: diff.detailedDiff }),
  };
  const replace = new ReplaceStep(old, next, why);
  const deleteFirst = goal.deleteBeforeReplace ?? diff.deleteBeforeReplace;
  const create = new CreateStep(next, registration, { old, diff: why, deleteLater: !deleteFirst });
  if (!deleteFirst) return [create, replace];

  const steps: Step[] = [];
  const dependents = await dependentReplacements(state, old);
  for (const { resource, keys } of dependents.reverse()) {
    if (state.pendingDeletes.has(resource)) continue;
    state.dependentReplaceKeys.set(resource.urn, keys);
    if (resource.protect && !resource.delete) {
      const message =
        `unable to replace resource "${resource.urn}" as part of replacing "${next.urn}" ` +
        `as it is currently marked for protection. ${howToUnprotect}`;
      state.error(next.urn, message);
      throw new Bail(message);
    }
    steps.push(
      resource.delete
        ? new DeleteStep(resource)
        : new DeleteStep(resource, { replacing: true, pendingReplacement: true }),
    );
    // It is not known yet whether it will be created again: the program has not registered it.
    state.deletes.add(resource.urn);
    state.pendingDeletes.add(resource);
  }
  await state.providers.ensure(old.provider);
  if (!old.pendingReplacement) {
    state.deletes.add(old.urn);
    steps.push(new DeleteStep(old, { replacing: true, pendingReplacement: true }));
  }
  return [...steps, replace, create];
}

/** A resource that was deleted because of its dependency, and that the program still registers. */
export function recreationSteps(
  state: OperationState,
  { registration, old, next }: Candidate,
): Step[] {
  state.deletes.delete(next.urn);
  state.replaced.add(next.urn);
  const replaceKeys = state.dependentReplaceKeys.get(next.urn) ?? [];
  return [
    new ReplaceStep(old, next, {}),
    new CreateStep(next, registration, { old, diff: { replaceKeys }, deleteLater: false }),
  ];
}
