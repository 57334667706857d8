import { readFileSync, statSync, writeFileSync } from "node:fs";
import type { Bundle } from "./bundle";

interface Remembered {
  /** How the bundle was built: options and the version of esbuild. */
  recipe: string;
  bundle: Bundle;
  /** The bundle and every source file in it, each with its stamp: whether it changed since. */
  inputs: Record<string, string>;
}

/** A file's change time (ctime) and size. Not its modification time: package managers set that to a fixed
 *  date. */
function stamp(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.ctimeMs}/${stats.size}`;
}

/** The bundle of an earlier run, if none of its sources changed since. Building takes seconds, and the program
 *  runs at every preview. */
export function recall(cacheFile: string, bundleFile: string, recipe: string): Bundle | undefined {
  try {
    const remembered = JSON.parse(readFileSync(cacheFile, "utf8")) as Remembered;
    const unchanged =
      remembered.recipe === recipe &&
      remembered.inputs[bundleFile] !== undefined &&
      Object.entries(remembered.inputs).every(([path, before]) => stamp(path) === before);
    return unchanged ? remembered.bundle : undefined;
  } catch {
    // There is no cache file yet, or it is not readable: the bundle is built.
    return undefined;
  }
}

export function remember(
  cacheFile: string,
  bundleFile: string,
  recipe: string,
  bundle: Bundle,
  sources: string[],
): void {
  const inputs = Object.fromEntries(
    [bundleFile, ...sources].map((path) => [path, stamp(path) ?? ""]),
  );
  writeFileSync(cacheFile, JSON.stringify({ recipe, bundle, inputs } satisfies Remembered));
}
