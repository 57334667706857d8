import { dependenciesOf, type ResourceState } from "./resource-state";

/** The dependencies between resources, from a list in which every resource comes after its dependencies. */
export class DependencyGraph {
  private readonly index: Map<ResourceState, number>;
  private readonly parents: Map<string, string>;

  constructor(private readonly resources: ResourceState[]) {
    this.index = new Map(resources.map((resource, index) => [resource, index]));
    this.parents = new Map(resources.map(({ urn, parent }) => [urn, parent]));
  }

  has(resource: ResourceState): boolean {
    return this.index.has(resource);
  }

  /** All direct and indirect dependents of the resource, in order. */
  dependingOn(
    resource: ResourceState,
    ignore: (urn: string) => boolean,
    includeChildren: boolean,
  ): ResourceState[] {
    const urns = new Set([resource.urn]);
    const found: ResourceState[] = [];
    for (const candidate of this.resources.slice(this.position(resource) + 1)) {
      if (ignore(candidate.urn)) continue;
      const needs = [...dependenciesOf(candidate)].some((urn) => urns.has(urn));
      if (needs || (includeChildren && urns.has(candidate.parent))) {
        found.push(candidate);
        urns.add(candidate.urn);
      }
    }
    return found;
  }

  /** What the resource needs directly: its parent, its dependencies, and the children of those that are
   *  components, because a component exists only when its children exist. */
  dependenciesOf(resource: ResourceState): Set<ResourceState> {
    const needed = dependenciesOf(resource);
    const before = this.resources.slice(0, this.position(resource));
    const found = new Set<ResourceState>();
    for (const candidate of before) {
      if (candidate.urn === resource.parent) found.add(candidate);
      if (!needed.has(candidate.urn)) continue;
      found.add(candidate);
      if (candidate.custom) continue;
      for (const child of before) if (this.isWithin(child, candidate.urn)) found.add(child);
    }
    return found;
  }

  /** All direct and indirect dependencies of the resource. */
  transitiveDependenciesOf(resource: ResourceState): Set<ResourceState> {
    const found = new Set<ResourceState>();
    const visit = (current: ResourceState) => {
      for (const dependency of this.dependenciesOf(current)) {
        if (found.has(dependency)) continue;
        found.add(dependency);
        visit(dependency);
      }
    };
    visit(resource);
    return found;
  }

  private isWithin(resource: ResourceState, ancestor: string): boolean {
    for (let { parent } = resource; parent !== ""; parent = this.parents.get(parent) ?? "") {
      if (parent === ancestor) return true;
    }
    return false;
  }

  private position(resource: ResourceState): number {
    const index = this.index.get(resource);
    if (index === undefined) throw new Error(`${resource.urn} is not in the dependency graph`);
    return index;
  }
}
