import { Bail, type OperationState } from "./operation-state";
import { containsUnknowns, equalValues, withoutSecrets } from "../values/property-operations";
import type { ResourceState } from "../state/resource-state";

/** Whether the value of `replacementTrigger` has changed or may have changed. A value that is added
 *  or removed does not cause a replacement. */
export function isTriggered(old: ResourceState, next: ResourceState): boolean {
  const before = withoutSecrets(old.replacementTrigger);
  const after = withoutSecrets(next.replacementTrigger);
  if (containsUnknowns(before) || containsUnknowns(after)) return true;
  return before !== null && after !== null && !equalValues(before, after);
}

/** In a preview the value may be unknown; in an update it must be known. */
export function assertTriggerKnown(state: OperationState, next: ResourceState): void {
  if (state.dryRun || !containsUnknowns(next.replacementTrigger)) return;
  const message = `replacement trigger contains unknowns for ${next.urn}`;
  state.error(next.urn, message);
  throw new Bail(message);
}
