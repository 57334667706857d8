import { aliasUrns, type Alias } from "../state/aliases";
import { Bail, type OperationState } from "./operation-state";
import type { ResourceState } from "../state/resource-state";
import { createUrn, parentTypeOf } from "../values/urn";

interface Found {
  old: ResourceState | undefined;
  /** The old URN, if it differs from the new one. */
  alias: string | undefined;
  isValid: boolean;
}

export function newUrn(state: OperationState, parent: string, type: string, name: string): string {
  const { urns, scope } = state;
  if (parent !== "" && !urns.has(parent)) {
    throw new Error(`could not find parent resource ${parent}`);
  }
  const urn = createUrn(scope.stack, scope.project, parentTypeOf(parent), type, name);
  if (urns.has(urn)) {
    const message = `Duplicate resource URN '${urn}'; try giving it a unique name`;
    state.error(urn, message);
    throw new Bail(message);
  }
  urns.add(urn);
  return urn;
}

/** Finds the resource in the old state: first by its URN, then by its aliases. */
export function findOld(
  state: OperationState,
  urn: string,
  identity: { name: string; type: string; parent: string },
  aliases: Alias[],
): Found {
  const { stack, project } = state.scope;
  let isValid = true;
  const invalid = (message: string) => {
    isValid = false;
    state.error(urn, message);
  };
  const claimant = state.aliased.get(urn);
  if (claimant !== undefined) {
    invalid(
      `Duplicate resource URN '${urn}' conflicting with alias on resource with URN '${claimant}'`,
    );
  }
  const candidates = aliasUrns({ ...identity, stack, project }, aliases, (parent) =>
    state.aliases.get(parent),
  );
  const found = [urn, ...candidates].find((candidate) => state.olds.has(candidate));
  const old = found === undefined ? undefined : state.olds.get(found);
  if (found === undefined || found === urn) return { old, alias: undefined, isValid };
  const other = state.urns.has(found) ? found : state.aliased.get(found);
  if (other !== undefined) {
    invalid(
      `Duplicate resource alias '${found}' applied to resource with URN '${urn}' ` +
        `conflicting with resource with URN '${other}'`,
    );
  }
  state.aliased.set(found, urn);
  state.aliases.set(urn, found);
  state.providers.registerAlias(urn, found);
  return { old, alias: found, isValid };
}
