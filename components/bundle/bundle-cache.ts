import { readFileSync, statSync, writeFileSync } from "node:fs";
import type { Bundle } from "./bundle";

interface Remembered {
  /** What the bundle was made with: options and esbuild's version. */
  recipe: string;
  bundle: Bundle;
  /** Every file that is in the bundle, with what tells that it was not written since. */
  inputs: Record<string, string>;
}

/** Time of the last change of a file's content or place (not its modification time, which package
 *  managers set to a fixed date), and its size. */
function stamp(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? undefined : `${stats.ctimeMs}/${stats.size}`;
}

/** The bundle of an earlier run, if none of its sources was touched since. Building takes seconds, and a
 *  program runs at every preview. */
export function recall(cacheFile: string, bundleFile: string, recipe: string): Bundle | undefined {
  try {
    const remembered = JSON.parse(readFileSync(cacheFile, "utf8")) as Remembered;
    const unchanged =
      remembered.recipe === recipe &&
      remembered.inputs[bundleFile] !== undefined &&
      Object.entries(remembered.inputs).every(([path, before]) => stamp(path) === before);
    return unchanged ? remembered.bundle : undefined;
  } catch {
    // None yet, or not readable: then it is built.
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
