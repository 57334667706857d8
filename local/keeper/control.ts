import { spawn, type ChildProcess } from "node:child_process";
import { rm } from "node:fs/promises";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import lockfile from "proper-lockfile";
import { localHome, packageRoot } from "../process/home";
import { makeFolder } from "../process/make-folder";
import { logStream, isAlive, signalGroup } from "../process/process-set";
import { waitUntil } from "../process/wait";
import type { KeeperMessage, KeeperOptions } from "./keeper-messages";
import { endLeftovers } from "../cloud/leftovers";
import { ensurePython } from "../cloud/python";
import { cloudStatus, removeStatus, type RunningCloud } from "../cloud/status";

export interface StartOptions {
  home?: string;
  /** Whether everything stops when this process ends, however it ends. By default everything keeps running. */
  attached?: boolean;
  /** How much faster than a real clock the periods of alarms and the waits of Auto Scaling (warm-up, checkpoints) pass:
   *  30 makes a minute two seconds. Default 1. */
  clockSpeed?: number;
  /** Called with a line when something takes long, such as the first installation. */
  progress?: (line: string) => void;
}

/** Starts the embedded cloud and database, or returns what already runs in this home. */
export async function startCloud(options: StartOptions = {}): Promise<RunningCloud> {
  const home = options.home ?? localHome();
  assertUsable(home);
  // Before the lock and the keeper, because the first time includes a download.
  await ensurePython(options.progress);
  const release = await lockfile.lock(home, {
    lockfilePath: join(home, "cloud.lock"),
    retries: { retries: 300, minTimeout: 100, maxTimeout: 100 },
  });
  try {
    const status = cloudStatus(home);
    if (status.running) return status;
    await endLeftovers(home);
    await startKeeper({
      home,
      attached: options.attached ?? false,
      clockSpeed: options.clockSpeed ?? 1,
    });
  } finally {
    await release();
  }
  const status = cloudStatus(home);
  if (!status.running) throw new Error(`The embedded cloud ended at once; see ${home}/logs.`);
  return status;
}

/** Fails before anything is installed or started. */
function assertUsable(home: string): void {
  try {
    makeFolder(home);
    accessSync(home, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Error(
      `The data of the embedded cloud cannot be kept in ${home}: ${(error as Error).message}. ` +
        "Set PULUMI_LOCAL_HOME to a folder that you can write to.",
      { cause: error },
    );
  }
}

/** Resolves to a function that ends the lock. Rejects if another process has it. It ends with this process. */
export async function lockHome(home: string, what: string): Promise<() => Promise<void>> {
  assertUsable(home);
  try {
    // Named by a file of its own: the package knows one lock for each name, and the cloud's start locks the home.
    return await lockfile.lock(join(home, what), { realpath: false, retries: 0 });
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ELOCKED") throw error;
    throw new Error(
      `Another ${what} runs in ${home}. Wait until it has ended, or give this one a folder of its own: PULUMI_LOCAL_HOME=/another/folder`,
      { cause: error },
    );
  }
}

/** Stops everything that `startCloud` started; what the cloud holds is kept for the next start.
 *  Returns whether anything was running. */
export async function stopCloud(home: string = localHome()): Promise<boolean> {
  const status = cloudStatus(home);
  if (status.running) {
    process.kill(status.pid, "SIGTERM");
    try {
      await waitUntil(() => !isAlive(status.pid), {
        what: `the keeper (process ${status.pid}) to stop`,
        // Longer than the time that the keeper gives the cloud to save its data.
        withinMs: 90_000,
      });
    } catch {
      signalGroup(status.pid, "SIGKILL");
    }
  }
  await endLeftovers(home);
  await removeStatus(home);
  return status.running;
}

/** Deletes all data of the cloud and the database, and the state of all stacks, because their resources no longer
 *  exist. */
export async function resetCloud(home: string = localHome()): Promise<void> {
  const wasRunning = await stopCloud(home);
  const folders = ["cloud/state", "cloud/s3", "postgres", "machines", "state"];
  const files = ["postgres.ready", "postgres.password", "metrics.jsonl"];
  await Promise.all(
    [...folders, ...files].map((name) => rm(join(home, name), { recursive: true, force: true })),
  );
  if (wasRunning) await startCloud({ home });
}

async function startKeeper(options: KeeperOptions): Promise<void> {
  const log = logStream(join(options.home, "logs", "keeper.log"));
  await new Promise((resolve) => log.once("open", resolve));
  const keeper = spawn(
    process.execPath,
    [
      ...["-r", join(packageRoot, "start", "typescript.cjs")],
      ...[join(__dirname, "keeper.ts"), JSON.stringify(options)],
    ],
    {
      cwd: packageRoot,
      // A separate session, so that Ctrl-C in a terminal is sent only to the starting process.
      detached: true,
      stdio: ["ignore", log, log, "ipc"],
    },
  );
  log.close();
  await ready(keeper);
  keeper.unref();
  keeper.channel?.unref();
}

/** Resolves when the keeper is ready. Rejects, if it failed, after everything that it had started has ended. */
function ready(keeper: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: string | undefined;
    keeper.on("error", reject);
    keeper.on("message", (message: KeeperMessage) => {
      if (message.kind === "ready") resolve();
      else failure = message.message;
    });
    keeper.once("exit", (code) =>
      reject(new Error(failure ?? `The keeper ended with code ${code}.`)),
    );
  });
}
