import { createUrn, parentTypeOf, parseUrn } from "../values/urn";

/** An earlier identity of a resource, as the program declares it. Missing parts have not changed. */
export type Alias =
  | { urn: string }
  | {
      name?: string;
      type?: string;
      stack?: string;
      project?: string;
      parent?: string;
      noParent?: boolean;
    };

export interface Identity {
  stack: string;
  project: string;
  name: string;
  type: string;
  parent: string;
}

/** All URNs a resource may have in the old state: its own aliases, and those it has because its parent had
 *  another URN. `usedAlias` says by which alias an already registered resource was found. */
export function aliasUrns(
  resource: Identity,
  aliases: Alias[],
  usedAlias: (urn: string) => string | undefined,
): string[] {
  const urns = new Set(aliases.map((alias) => aliasUrn(resource, alias, usedAlias)));
  const parentAlias = resource.parent === "" ? undefined : usedAlias(resource.parent);
  if (parentAlias === undefined) return [...urns];
  const inherit = (type: string, name: string) => inheritedAlias(resource, type, name, parentAlias);
  const own = [...urns];
  urns.add(inherit(resource.type, resource.name));
  for (const urn of own) {
    const { type, name } = parseUrn(urn);
    urns.add(inherit(type, name));
  }
  return [...urns];
}

function aliasUrn(
  resource: Identity,
  alias: Alias,
  usedAlias: (urn: string) => string | undefined,
): string {
  if ("urn" in alias) return alias.urn;
  const parent =
    alias.parent === undefined || alias.parent === ""
      ? resource.parent
      : (usedAlias(alias.parent) ?? alias.parent);
  return createUrn(
    given(alias.stack) ?? resource.stack,
    given(alias.project) ?? resource.project,
    alias.noParent === true ? "" : parentTypeOf(parent),
    given(alias.type) ?? resource.type,
    given(alias.name) ?? resource.name,
  );
}

/** In the protocol a missing part is an empty string. */
function given(part: string | undefined): string | undefined {
  return part === "" ? undefined : part;
}

/** A child whose name begins with its parent's is taken to be named after it ("app-queue"). */
function inheritedAlias(
  resource: Identity,
  type: string,
  name: string,
  parentAlias: string,
): string {
  const parentName = parseUrn(resource.parent).name;
  const aliased = name.startsWith(parentName)
    ? parseUrn(parentAlias).name + name.slice(parentName.length)
    : name;
  return createUrn(
    resource.stack,
    resource.project,
    parseUrn(parentAlias).qualifiedType,
    type,
    aliased,
  );
}
