import type { PropertyMap } from "./property-value";
import { copyMap } from "./property-operations";
import { pathOrNothing, resetProperty } from "./property-path";

/** Resets ignored properties to their old values. `unmatched` has the paths to elements that were added
 *  or removed, whose change cannot be ignored, and invalid paths. */
export function processIgnoreChanges(
  inputs: PropertyMap,
  oldInputs: PropertyMap,
  ignoreChanges: string[],
): { inputs: PropertyMap; unmatched: string[] } {
  if (ignoreChanges.length === 0) return { inputs, unmatched: [] };
  const kept = copyMap(inputs);
  const unmatched = ignoreChanges.filter((text) => {
    const path = pathOrNothing(text);
    return path === undefined || !resetProperty(path, oldInputs, kept);
  });
  return { inputs: kept, unmatched };
}
