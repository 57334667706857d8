import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { packageRoot } from "../../process/home";

const fixtures = resolve(__dirname, "../fixtures");

/** A copy of a fixture program, so that a test can change its files. */
export function copyProgram(name: string): { folder: string; remove(): void } {
  const parent = mkdtempSync(join(tmpdir(), "queuefleet-program-"));
  const folder = join(parent, name);
  cpSync(join(fixtures, "programs", name), folder, { recursive: true });
  symlinkSync(join(packageRoot, "node_modules"), join(parent, "node_modules"));
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

export const policyPack = (name: string) => join(fixtures, "policy-packs", name);
