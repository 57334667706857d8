import type { PropertyDiff } from "../values/events";
import { processIgnoreChanges } from "../values/ignore-changes";
import type { PropertyMap } from "../values/property-value";
import { diffMaps, withoutSecrets } from "../values/property-operations";
import { contains, parsePropertyPath, pathOrNothing } from "../values/property-path";
import type { DiffRequest, DiffResult, Provider } from "./provider";

/** The provider's diff or, if the provider cannot decide, the engine's diff of the inputs. */
export async function diffResource(provider: Provider, request: DiffRequest): Promise<DiffResult> {
  const diff = await provider.diff(request);
  if (diff.changes !== "unknown") return diff;
  const { inputs } = processIgnoreChanges(
    request.newInputs,
    request.oldInputs,
    request.ignoreChanges,
  );
  const detailedDiff = diffMaps(
    withoutSecrets(request.oldInputs) as PropertyMap,
    withoutSecrets(inputs) as PropertyMap,
    true,
  );
  const paths = Object.keys(detailedDiff);
  if (paths.length === 0) return { ...diff, changes: "none" };
  const changedKeys = new Set(paths.map((path) => String(parsePropertyPath(path)[0])));
  return { ...diff, changes: "some", changedKeys: [...changedKeys], detailedDiff };
}

/** The value in `replaceOnChanges` that means "if the resource failed to initialise". */
const initErrorKey = "#initerror";

/** Makes the changes that the program lists in `replaceOnChanges` force a replacement. */
export function applyReplaceOnChanges(
  diff: DiffResult,
  replaceOnChanges: string[],
  hasInitErrors: boolean,
): DiffResult {
  if (diff.changes !== "some" && !hasInitErrors) return diff;
  const forcing = replaceOnChanges.map(parsePropertyPath);
  const forces = (key: string) => {
    const path = pathOrNothing(key);
    return path !== undefined && forcing.some((outer) => contains(outer, path));
  };
  const detailedDiff =
    diff.detailedDiff &&
    Object.fromEntries(
      Object.entries(diff.detailedDiff).map(([path, change]) => [
        path,
        forces(path) ? toReplace(change) : change,
      ]),
    );
  const replaceKeys = new Set([...diff.replaceKeys, ...diff.changedKeys.filter(forces)]);
  const failedInit = hasInitErrors && forces(initErrorKey);
  if (failedInit) {
    replaceKeys.add(initErrorKey);
    if (detailedDiff !== undefined) {
      detailedDiff[initErrorKey] = { kind: "update-replace", inputDiff: false };
    }
  }
  return {
    ...diff,
    changes: failedInit ? "some" : diff.changes,
    replaceKeys: [...replaceKeys],
    ...(detailedDiff === undefined ? {} : { detailedDiff }),
  };
}

function toReplace(change: PropertyDiff): PropertyDiff {
  const kinds = {
    add: "add-replace",
    delete: "delete-replace",
    update: "update-replace",
    "add-replace": "add-replace",
    "delete-replace": "delete-replace",
    "update-replace": "update-replace",
  } as const;
  return { ...change, kind: kinds[change.kind] };
}

/** The same differences, with old and new exchanged. */
export function invert(diff: DiffResult): DiffResult {
  if (diff.detailedDiff === undefined) return diff;
  const kinds = {
    add: "delete",
    delete: "add",
    update: "update",
    "add-replace": "delete-replace",
    "delete-replace": "add-replace",
    "update-replace": "update-replace",
  } as const;
  return {
    ...diff,
    detailedDiff: Object.fromEntries(
      Object.entries(diff.detailedDiff).map(([path, change]) => [
        path,
        { ...change, kind: kinds[change.kind] },
      ]),
    ),
  };
}
