import { randomUUID } from "node:crypto";
import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnavailableError } from "../../job/errors";

/** A nameless file with the text, open at its begin. Not a pipe: the input of a program is whole before it starts, and
 *  stays so if the worker is killed. A cut input could be taken for a shorter one and succeed. */
export function openInput(text: string): number {
  const path = join(tmpdir(), `queuefleet-input-${randomUUID()}`);
  let file: number | undefined;
  try {
    file = openSync(path, "wx+", 0o600);
    unlinkSync(path);
    // With a position, the place where the program begins to read does not move.
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length;) {
      written += writeSync(file, bytes, written, bytes.length - written, written);
    }
    return file;
  } catch (error) {
    if (file !== undefined) closeSync(file);
    // No room, no folder, no free file number: no message is the cause.
    throw new UnavailableError("the disk", error);
  }
}
