import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { isAlive } from "../process/process-set";
import { writeFileAtomically } from "./atomic-file";
import { pulumiLocal } from "../process/command";

/** Who holds a lock, in the format of Pulumi's self-managed backend. */
export interface LockContent {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

export class StackLocked extends Error {
  constructor(stack: string, holders: readonly LockContent[]) {
    const advice = holders.every(isGone) ? "Remove" : "Wait for it to end, or remove";
    const cancel = `${pulumiLocal()} cancel -s ${stack}`;
    super(
      [
        `The stack ${stack} is locked by ${holders.length === 1 ? "another run" : `${holders.length} other runs`}:`,
        ...holders.map((holder) => `  - ${describe(holder)}`),
        `${advice} the lock: \`${cancel}\`, with the same -C as before.`,
      ].join("\n"),
    );
  }
}

function describe(holder: LockContent): string {
  const who = `process ${holder.pid} of ${holder.username} on ${holder.hostname}, since ${holder.timestamp}`;
  return isGone(holder) ? `${who}; that process no longer runs` : who;
}

const isGone = (holder: LockContent) => holder.hostname === hostname() && !isAlive(holder.pid);

/** Writes its own lock first and then checks for others, so that of two simultaneous runs at most one continues. */
export function lockStack(folder: string, stack: string): { release(): void } {
  const earlier = holders(folder);
  if (earlier.length > 0) throw new StackLocked(stack, earlier);
  const own = `${randomUUID()}.json`;
  const path = join(folder, own);
  const content: LockContent = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  writeFileAtomically(path, JSON.stringify(content));
  const release = () => {
    process.off("exit", release);
    rmSync(path, { force: true });
  };
  process.on("exit", release);
  const others = holders(folder, own);
  if (others.length > 0) {
    release();
    throw new StackLocked(stack, others);
  }
  return { release };
}

/** Removes all locks and returns their holders. */
export function removeLocks(folder: string): LockContent[] {
  const removed = holders(folder);
  for (const name of lockFiles(folder)) rmSync(join(folder, name), { force: true });
  return removed;
}

function holders(folder: string, except?: string): LockContent[] {
  return lockFiles(folder)
    .filter((name) => name !== except)
    .flatMap((name) => {
      try {
        return [JSON.parse(readFileSync(join(folder, name), "utf8")) as LockContent];
      } catch (error) {
        // Released between listing and reading.
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
        throw error;
      }
    });
}

function lockFiles(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(".json"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
