import type { ResourceState } from "./resource-state";
import {
  createUrn,
  parentTypeOf,
  parseProviderReference,
  parseUrn,
  providerReference,
  rootStackType,
} from "../values/urn";

/** If a resource was found by an alias, all references to its old URN are changed to the new URN. */
export function normalizeUrns(resources: ResourceState[]): ResourceState[] {
  const renamed = new Map<string, string>();
  for (const { urn, aliases, parent } of resources) {
    for (const alias of aliases) renamed.set(alias, urn);
    const newParent = renamed.get(parent);
    if (newParent === undefined || parseUrn(newParent).qualifiedType === rootStackType) continue;
    const { stack, project, type, name } = parseUrn(urn);
    renamed.set(urn, createUrn(stack, project, parentTypeOf(newParent), type, name));
  }
  if (renamed.size === 0) return resources;
  const fix = (urn: string) => renamed.get(urn) ?? urn;
  return resources.map((resource) => ({
    ...resource,
    urn: fix(resource.urn),
    parent: fix(resource.parent),
    provider: fixProvider(resource.provider, fix),
    dependencies: resource.dependencies.map(fix),
    propertyDependencies: Object.fromEntries(
      Object.entries(resource.propertyDependencies).map(([key, urns]) => [key, urns.map(fix)]),
    ),
    deletedWith: fix(resource.deletedWith),
    replaceWith: resource.replaceWith.map(fix),
    aliases: [],
  }));
}

function fixProvider(reference: string, fix: (urn: string) => string): string {
  if (reference === "") return reference;
  const { urn, id } = parseProviderReference(reference);
  return providerReference(fix(urn), id);
}
