import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UnavailableError } from "../job/errors";

/** What the system says when the disk or the process has no room for any more files. */
const noRoom = ["EDQUOT", "EMFILE", "ENFILE", "ENOSPC", "EROFS"];

/** Hands `use` a folder of its own and removes it after. Throws an UnavailableError when the disk takes
 *  nothing more: no message is the cause of that. */
export async function withTemporaryFolder<Result>(
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "queuefleet-object-")).catch((error: unknown) => {
    throw new UnavailableError("the disk", error);
  });
  try {
    return await use(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    throw noRoom.includes(code) ? new UnavailableError("the disk", error) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
