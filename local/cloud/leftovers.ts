import { join } from "node:path";
import { commandLines } from "../process/process-list";
import { isAlive } from "../process/process-set";
import { waitUntil } from "../process/wait";

/** The text by which the servers of a home are recognised in the list of processes. */
export const cloudMark = (home: string) => `queuefleet=${join(home, "cloud")}`;
const databaseMark = (home: string) => `-D ${join(home, "postgres")} `;

/** Ends servers of this home whose keeper has ended. The guard does this too; this function is for the case that the
 *  guard was killed itself, or has not finished yet. */
export async function endLeftovers(home: string): Promise<void> {
  const leftovers = findLeftovers(home);
  for (const pid of leftovers) signal(pid, "SIGTERM");
  try {
    await allGone(leftovers, 5_000);
  } catch {
    for (const pid of leftovers) signal(pid, "SIGKILL");
    await allGone(leftovers, 5_000);
  }
}

function findLeftovers(home: string): number[] {
  return [...commandLines()].flatMap(([pid, line]) => {
    const isServer =
      `${line} `.includes(`${cloudMark(home)} `) || line.includes(databaseMark(home));
    return isServer && !line.includes("keeper.ts") ? [pid] : [];
  });
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
