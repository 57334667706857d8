import { readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { localHome } from "../process/home";
import { commandLines } from "../process/process-list";
import { isAlive } from "../process/process-set";

export interface RunningCloud {
  running: true;
  endpoint: string;
  accountId: string;
  accessKeyId: string;
  secretAccessKey: string;
  databaseUrl: string;
  /** The keeper: the process that owns all the others. */
  pid: number;
}

export type CloudStatus = RunningCloud | { running: false };

/** Whether the embedded cloud of this home runs, and how to reach it. */
export function cloudStatus(home: string = localHome()): CloudStatus {
  const status = readStatus(home);
  return status !== undefined && isKeeper(status.pid) ? status : { running: false };
}

function readStatus(home: string): RunningCloud | undefined {
  try {
    return JSON.parse(readFileSync(statusFile(home), "utf8")) as RunningCloud;
  } catch {
    // Nothing was started here, or a full disk cut the file off.
    return undefined;
  }
}

/** After a crash of the machine the number may be somebody else's, who must not be taken for ours. */
const isKeeper = (pid: number) =>
  isAlive(pid) && commandLines().get(pid)?.includes("keeper.ts") === true;

/** Written whole or not at all; it holds the database's password, so it is the owner's alone. */
export async function writeStatus(home: string, status: RunningCloud): Promise<void> {
  const unfinished = `${statusFile(home)}.new`;
  await writeFile(unfinished, `${JSON.stringify(status, null, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, statusFile(home));
}

export async function removeStatus(home: string): Promise<void> {
  await rm(statusFile(home), { force: true });
}

function statusFile(home: string): string {
  return join(home, "cloud.json");
}
