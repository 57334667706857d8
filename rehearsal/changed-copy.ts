import { cp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../local/process/home";

/** What a deployment of a system reads. */
const parts = ["start", "contracts", "components", "systems", "worker", "package.json"];

export interface Change {
  file: string;
  from: string | RegExp;
  to: string;
}

/** A copy of the program in `folder`, with changes in it, as another commit would have it. Resolves to the folder of the system in it. */
export async function changedCopy(
  { folder, system }: { folder: string; system: string },
  ...changes: Change[]
): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  for (const part of parts) {
    await cp(join(packageRoot, part), join(folder, part), {
      recursive: true,
      filter: (source) => !source.endsWith(".build"),
    });
  }
  await symlink(join(packageRoot, "node_modules"), join(folder, "node_modules"));
  for (const { file, from, to } of changes) {
    const path = join(folder, file);
    const text = await readFile(path, "utf8");
    const changed = text.replace(from, to);
    if (changed === text) throw new Error(`${file} does not contain ${String(from)}`);
    await writeFile(path, changed);
  }
  return join(folder, "systems", system);
}
