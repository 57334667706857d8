import { mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";

/** Creates a folder and those above it. Node's recursive `mkdir` never ends where a folder exists and nothing can be
 *  created in it, as in /proc. */
export function makeFolder(path: string, mode?: number): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, { mode });
  } catch (error) {
    // Another process has created it meanwhile.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
    throw new Error(`The folder ${path} cannot be created: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
