import { readdirSync, readFileSync } from "node:fs";
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
  /** Process id of the keeper, the process that started all the others. */
  pid: number;
}

export type CloudStatus = RunningCloud | { running: false };

/** Whether the embedded cloud of this home runs, and how to reach it. */
export function cloudStatus(home: string = localHome()): CloudStatus {
  const status = readStatus(home);
  return status !== undefined && isKeeper(status.pid) ? status : { running: false };
}

/** Clouds that run in folders of this home, such as that of a rehearsal. */
export function nestedClouds(home: string = localHome()): { home: string; status: RunningCloud }[] {
  return folders(home).flatMap((folder) => {
    const status = cloudStatus(folder);
    return status.running ? [{ home: folder, status }] : [];
  });
}

function folders(home: string): string[] {
  try {
    return readdirSync(home, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(home, name));
  } catch {
    // There is no home yet.
    return [];
  }
}

function readStatus(home: string): RunningCloud | undefined {
  try {
    return JSON.parse(readFileSync(statusFile(home), "utf8")) as RunningCloud;
  } catch {
    // Nothing was started here, or the file is incomplete because the disk was full.
    return undefined;
  }
}

/** After a crash of the machine, another process may have this id. It must not be mistaken for the keeper. */
const isKeeper = (pid: number) =>
  isAlive(pid) && commandLines().get(pid)?.includes("keeper.ts") === true;

/** Written completely or not at all. It contains the password of the database, so only the owner may read it. */
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
