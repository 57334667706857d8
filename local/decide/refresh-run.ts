import type { OperationState } from "./operation-state";
import type { ResourceState } from "../state/resource-state";
import { StepExecutor } from "../steps/step-executor";
import { RefreshStep } from "../steps/refresh";

export interface RefreshRun {
  run(): Promise<{ resources: ResourceState[]; failed: boolean }>;
  halt(): void;
}

/** Reads every resource of the state (or every target) from its provider, and returns the new state. */
export function refreshRun(state: OperationState, parallel: number): RefreshRun {
  const executor = new StepExecutor({
    parallel,
    context: state,
    reporter: state.reporter,
    snapshot: undefined,
    isIndependent: true,
    onDone: () => undefined,
  });
  return {
    halt: () => executor.halt(),
    run: async () => {
      const steps = new Map(
        state.previous
          .filter((resource) => state.selection.includes(resource))
          .map((resource) => [resource, new RefreshStep(resource)]),
      );
      for (const resource of steps.keys()) await state.providers.ensure(resource.provider);
      await Promise.all([...steps.values()].map((step) => executor.run([step])));
      const found = state.previous.flatMap((resource) => {
        const step = steps.get(resource);
        return step === undefined ? resource : (step.next ?? []);
      });
      return { resources: withoutDangling(found), failed: executor.failed.length > 0 };
    },
  };
}

/** A deleted resource can no longer be a dependency or a parent. */
function withoutDangling(resources: ResourceState[]): ResourceState[] {
  const present = new Set<string>();
  const parents = new Map<string, string>();
  return resources.map((resource) => {
    const known = (urns: string[]) => urns.filter((urn) => present.has(urn));
    const parent = present.has(resource.parent)
      ? resource.parent
      : (parents.get(resource.parent) ?? "");
    present.add(resource.urn);
    parents.set(resource.urn, parent);
    return {
      ...resource,
      parent,
      dependencies: known(resource.dependencies),
      // Pulumi's engine removes empty lists here. This engine does the same, so that the states can be compared.
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies)
          .map(([key, urns]) => [key, known(urns)] as const)
          .filter(([, urns]) => urns.length > 0),
      ),
      deletedWith: present.has(resource.deletedWith) ? resource.deletedWith : "",
      replaceWith: known(resource.replaceWith),
    };
  });
}
