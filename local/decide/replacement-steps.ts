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

/** Replaces a resource: by default the new one is created, everything is moved over to it, and then the old
 *  one is deleted. Where the two cannot exist beside each other, the old one is deleted first, and with it
 *  everything that would have to be replaced too. */
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
    // Whether it comes back is not known yet: the program has not registered it.
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

/** A resource that was deleted because of what it depends on, and that the program still wants. */
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
