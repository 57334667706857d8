import type { PropertyMap } from "./property-value";
import { copyMap } from "./property-values";
import { parsePropertyPath, resetProperty } from "./property-path";

/** Puts ignored properties back to their old values. `unmatched` are the paths that lead to something added
 *  or removed, whose change cannot be ignored. */
export function processIgnoreChanges(
  inputs: PropertyMap,
  oldInputs: PropertyMap,
  ignoreChanges: string[],
): { inputs: PropertyMap; unmatched: string[] } {
  if (ignoreChanges.length === 0) return { inputs, unmatched: [] };
  const kept = copyMap(inputs);
  const unmatched = ignoreChanges.filter(
    (path) => !resetProperty(parsePropertyPath(path), oldInputs, kept),
  );
  return { inputs: kept, unmatched };
}
