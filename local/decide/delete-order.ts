import { dependentReplacements } from "./dependent-replacements";
import { Bail, type OperationState } from "./operation-state";
import type { ResourceState } from "../state/resource-state";
import { DeleteStep, RemovePendingReplaceStep } from "../steps/delete";
import { SameStep } from "../steps/same";
import type { Step } from "../steps/step";

export interface Deletes {
  /** Resources that are kept only because they are not targets. */
  sames: Step[];
  deletes: Step[];
}

/** The resources that the program no longer has, and those that an earlier operation must still delete. */
export async function generateDeletes(state: OperationState): Promise<Deletes> {
  const mayDelete = await deletable(state);
  const sames: Step[] = [];
  const deletes: Step[] = [];
  for (const resource of state.previous) {
    if (!mayDelete(resource.urn)) {
      if (!state.isOperatedOn(resource.urn) && !resource.delete) {
        sames.push(new SameStep(resource, { ...resource }, undefined, "untargeted"));
      }
      continue;
    }
    const step = deleteStep(state, resource);
    if (step === undefined) continue;
    state.deletes.add(resource.urn);
    await state.providers.ensure(resource.provider);
    deletes.push(step);
  }
  assertOnlyTargets(state, deletes);
  return { sames, deletes };
}

function deleteStep(state: OperationState, resource: ResourceState): Step | undefined {
  if (resource.delete) {
    if (state.pendingDeletes.has(resource)) return undefined;
    return new DeleteStep(resource, { replacing: true, pendingReplacement: false });
  }
  if (state.isOperatedOn(resource.urn)) return undefined;
  return resource.pendingReplacement
    ? new RemovePendingReplaceStep(resource)
    : new DeleteStep(resource);
}

async function deletable(state: OperationState): Promise<(urn: string) => boolean> {
  const { targets } = state.selection;
  if (targets !== undefined) {
    const allowed = await targetsAndDependents(state, targets);
    return (urn) => allowed.has(urn);
  }
  const kept = excludedAndNeeded(state);
  return (urn) => !kept.has(urn);
}

/** What is excluded stays, and so does everything that it needs. */
function excludedAndNeeded(state: OperationState): Set<string> {
  const { selection, graph } = state;
  const kept = new Set<string>();
  const waiting = state.previous.filter(({ urn }) => selection.isExcluded(urn));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (kept.has(next.urn)) continue;
    kept.add(next.urn);
    waiting.push(...graph.dependenciesOf(next));
    if (selection.withExcludeDependents) {
      waiting.push(...graph.dependingOn(next, (urn) => kept.has(urn), true));
    }
  }
  return kept;
}

async function targetsAndDependents(
  state: OperationState,
  targets: ReadonlySet<string>,
): Promise<Set<string>> {
  const allowed = new Set<string>();
  for (const resource of state.previous.filter(({ urn }) => targets.has(urn))) {
    allowed.add(resource.urn);
    for (const dependent of state.graph.dependingOn(resource, () => false, true)) {
      allowed.add(dependent.urn);
    }
    for (const dependent of await dependentReplacements(state, resource)) {
      allowed.add(dependent.resource.urn);
    }
  }
  return allowed;
}

/** A resource that is not a target is not deleted, even if it depends on a deleted resource. */
function assertOnlyTargets(state: OperationState, deletes: Step[]): void {
  const { targets, withTargetDependents } = state.selection;
  if (targets === undefined || withTargetDependents) return;
  const others = deletes.filter((step) => !targets.has(step.urn));
  for (const { urn } of others) {
    state.error(
      urn,
      `Resource '${urn}' will be destroyed but was not specified in --target list.\n` +
        "Either include resource in --target list or pass --target-dependents to proceed.",
    );
  }
  if (others.length > 0 && !state.dryRun) throw new Bail("delete untargeted resource");
}

/** In groups. The resources of a group may be deleted at the same time, after those of the group before. */
export function scheduleDeletes(state: OperationState, deletes: Step[]): Step[][] {
  const steps = new Map(deletes.map((step) => [step.resource, step]));
  const remaining = new Set(steps.keys());
  const groups: Step[][] = [];
  while (remaining.size > 0) {
    const free = [...remaining].filter((resource) => {
      const needed = state.graph.dependenciesOf(resource);
      return ![...needed].some((dependency) => remaining.has(dependency));
    });
    if (free.length === 0)
      throw new Error("The dependencies of the resources in the state form a cycle");
    for (const resource of free) remaining.delete(resource);
    groups.push(free.flatMap((resource) => steps.get(resource) ?? []));
  }
  return groups.reverse();
}
