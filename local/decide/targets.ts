import type { Registration } from "../state/goal";
import { Bail, type OperationState } from "./operation-state";
import { dependenciesOf, type ResourceState } from "../state/resource-state";
import { SameStep } from "../steps/same";
import type { Step } from "../steps/step";

/** Reports unknown URNs: a misspelt target must not look like a target without changes. */
export function assertKnownUrns(urns: readonly string[], isKnown: (urn: string) => boolean): void {
  const unknown = urns.filter((urn) => !isKnown(urn));
  if (unknown.length === 0) return;
  throw new Error(
    `The stack has no resource with the URN (a shell reads $ unless it is quoted):\n  - ${unknown.join("\n  - ")}`,
  );
}

/** Steps for a resource that is not a target: it is kept unchanged, and so are its dependencies, which are
 *  written before it. A new resource is not created. */
export function untargetedSteps(
  state: OperationState,
  registration: Registration,
  next: ResourceState,
  old: ResourceState | undefined,
): Step[] {
  if (old === undefined) {
    state.sames.add(next.urn);
    state.skippedCreates.add(next.urn);
    return [new SameStep({ ...next }, next, registration, "skippedCreate")];
  }
  return keep(state, old, registration);
}

function keep(
  state: OperationState,
  old: ResourceState,
  registration: Registration | undefined,
): Step[] {
  if (old.delete) return [];
  const urn = state.aliased.get(old.urn) ?? old.urn;
  state.urns.add(old.urn);
  state.sames.add(old.urn);
  state.sames.add(urn);
  const needed = [...dependenciesOf(old), old.parent].filter((need) => need !== "");
  const before = needed.flatMap((need) => {
    if (state.hasStep(need) || state.isOperatedOn(need)) return [];
    const dependency = state.olds.get(need);
    if (dependency === undefined) {
      throw new Bail(`${need}, which ${old.urn} needs, is not in the state of the stack`);
    }
    return keep(state, dependency, undefined);
  });
  return [...before, new SameStep(old, { ...old }, registration, "untargeted")];
}

/** A resource cannot depend on one that is not created. Pulumi's engine checks this with --target only; with --exclude it
 *  creates the dependent from values that nobody knows. */
export function assertNoSkippedDependencies(state: OperationState, next: ResourceState): void {
  for (const urn of [...dependenciesOf(next), next.parent]) {
    if (!state.skippedCreates.has(urn)) continue;
    const message =
      state.selection.targets === undefined
        ? `Resource '${next.urn}' depends on '${urn}' which is excluded and does not exist yet. Fix: add --exclude-dependents, or leave out the --exclude.`
        : `Resource '${next.urn}' depends on '${urn}' which was not specified in --target list.`;
    state.error(next.urn, message);
    if (!state.dryRun) throw new Bail(message);
    state.skippedCreates.delete(urn);
  }
}
