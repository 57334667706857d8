import { readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { localHome } from "../home";
import { isAlive } from "../processes";

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
  let text: string;
  try {
    text = readFileSync(statusFile(home), "utf8");
  } catch {
    return { running: false };
  }
  const status = JSON.parse(text) as RunningCloud;
  return isAlive(status.pid) ? status : { running: false };
}

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
