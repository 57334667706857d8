import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { release, type } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { packageRoot } from "../local/process/home";
import type { Rehearsal } from "./rehearsal";

const run = promisify(execFile);

/** What ran, by name. "unknown" where it could not be read. */
export async function readVersions(rehearsal: Rehearsal): Promise<Record<string, string>> {
  const { version, dependencies } = packageSchema.parse(
    JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")),
  );
  // Versions in package.json are exact.
  const pulumi = Object.entries(dependencies).filter(([name]) => name.startsWith("@pulumi/"));
  return {
    commit: await orUnknown(commit()),
    queuefleet: version,
    ...Object.fromEntries(pulumi),
    "Node.js": process.versions.node,
    "embedded cloud": await orUnknown(cloudVersion(rehearsal)),
    PostgreSQL: await orUnknown(databaseVersion(rehearsal)),
    "operating system": `${type()} ${release()}`,
  };
}

const packageSchema = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()),
});

const orUnknown = (version: Promise<string>) => version.catch(() => "unknown");

async function commit(): Promise<string> {
  const git = async (...args: string[]) =>
    (await run("git", args, { cwd: packageRoot })).stdout.trim();
  const hash = await git("rev-parse", "--short=12", "HEAD");
  return (await git("status", "--porcelain")) === "" ? hash : `${hash}, with uncommitted changes`;
}

async function cloudVersion(rehearsal: Rehearsal): Promise<string> {
  const answer = await fetch(new URL("/_ministack/health", rehearsal.cloud?.endpoint));
  return `ministack ${z.object({ version: z.string() }).parse(await answer.json()).version}`;
}

async function databaseVersion(rehearsal: Rehearsal): Promise<string> {
  const result = await rehearsal.database?.query<{ server_version: string }>("show server_version");
  return result?.rows[0]?.server_version ?? "unknown";
}
