import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { makeFolder } from "../process/make-folder";

/** Writes a temporary file, flushes it and renames it, so that after an interruption the file has the old or the new
 *  content. */
export function writeFileAtomically(path: string, content: string, mode = 0o600): void {
  makeFolder(dirname(path));
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    const descriptor = openSync(beside, "wx", mode);
    try {
      writeSync(descriptor, content);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
