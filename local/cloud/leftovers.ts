import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { isAlive } from "../processes";
import { waitUntil } from "../wait";

const run = promisify(execFile);

/** How the servers of a home are known in the list of processes. */
export const cloudMark = (home: string) => `queuefleet=${join(home, "cloud")}`;
const databaseMark = (home: string) => `-D ${join(home, "postgres")} `;

/** Ends servers of this home whose keeper is gone. The guard does that too; this is for when it
 *  was killed itself, or has not finished yet. */
export async function endLeftovers(home: string): Promise<void> {
  const leftovers = await findLeftovers(home);
  for (const pid of leftovers) signal(pid, "SIGTERM");
  try {
    await allGone(leftovers, 5_000);
  } catch {
    for (const pid of leftovers) signal(pid, "SIGKILL");
    await allGone(leftovers, 5_000);
  }
}

async function findLeftovers(home: string): Promise<number[]> {
  const { stdout } = await run("ps", ["-A", "-ww", "-o", "pid=,command="], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout
    .split("\n")
    .filter((line) => {
      const isServer = line.includes(`${cloudMark(home)} `) || line.includes(databaseMark(home));
      return isServer && !line.includes("keeper.ts");
    })
    .map((line) => Number.parseInt(line, 10));
}

function allGone(pids: number[], withinMs: number): Promise<void> {
  return waitUntil(() => !pids.some(isAlive), {
    what: `the servers left over by an earlier run (${pids.join(", ")}) to end`,
    withinMs,
  });
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
