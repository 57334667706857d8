import { Bail, type OperationState } from "./operation-state";
import { containsUnknowns, equalValues, withoutSecrets } from "../values/property-operations";
import type { ResourceState } from "../state/resource-state";

/** Whether the value that the program gave for this purpose has changed, or may have. One that was not there
 *  before, or is no longer there, replaces nothing. */
export function isTriggered(old: ResourceState, next: ResourceState): boolean {
  const before = withoutSecrets(old.replacementTrigger);
  const after = withoutSecrets(next.replacementTrigger);
  if (containsUnknowns(before) || containsUnknowns(after)) return true;
  return before !== null && after !== null && !equalValues(before, after);
}

/** A preview may not know yet; whoever changes something must. */
export function assertTriggerKnown(state: OperationState, next: ResourceState): void {
  if (state.dryRun || !containsUnknowns(next.replacementTrigger)) return;
  const message = `replacement trigger contains unknowns for ${next.urn}`;
  state.error(next.urn, message);
  throw new Bail(message);
}
