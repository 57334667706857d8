import { appendFileSync, mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as alarmsModule from "../alarms";
import { startDatabase, stopDatabase } from "../cloud/database";
import { deployedRegions } from "./deployed-regions";
import type * as fleetModule from "../fleet";
import { ProcessSet } from "../process/process-set";
import { account } from "../cloud/account";
import type { KeeperMessage, KeeperOptions } from "./keeper-messages";
import { startMinistack } from "../cloud/ministack";
import { removeStatus, writeStatus } from "../cloud/status";

/** The cloud saves its services one after the other. The metrics of a long run are among the first. If it is killed
 *  meanwhile, it loses its queues and parameters. */
const longestSaveMs = 60_000;

/** The process that starts and stops the embedded cloud, the database, the machines and the alarms. It stops
 *  at `cloud stop`, when the process that started it ends (if attached), or when one of its servers ends. */
async function keep(options: KeeperOptions): Promise<void> {
  const { home } = options;
  const log = logTo(home, "keeper");

  let askToStop: (reason: string) => void = () => {};
  const stopAsked = new Promise<string>((resolve) => (askToStop = resolve));
  process.on("SIGTERM", () => askToStop("SIGTERM"));
  process.on("SIGINT", () => askToStop("SIGINT"));
  if (options.attached)
    process.on("disconnect", () => askToStop("the process that started it has ended"));

  const processes = new ProcessSet();
  try {
    const [cloud, database] = await Promise.all([
      withLogTail(join(home, "logs", "cloud.log"), () =>
        startMinistack(home, processes, options.clockSpeed),
      ),
      withLogTail(join(home, "logs", "database.log"), () => startDatabase(home, processes)),
    ]);
    cloud.process.once("exit", (code) => askToStop(`the cloud ended with code ${code}`));
    database.process.once("exit", (code) => askToStop(`the database ended with code ${code}`));
    await writeStatus(home, {
      running: true,
      endpoint: cloud.endpoint,
      ...account,
      databaseUrl: database.databaseUrl,
      pid: process.pid,
    });
    log(`ready at ${cloud.endpoint}`);
    tell({ kind: "ready" });
    if (!options.attached && process.connected) process.disconnect();

    const scopes = () =>
      deployedRegions(home).map((region) => ({
        endpoint: cloud.endpoint,
        accountId: account.accountId,
        region,
      }));
    // Loaded only here: the AWS clients take longer to load than the servers to start.
    const load = createRequire(__filename);
    const { Fleet } = load("../fleet") as typeof fleetModule;
    const { AlarmEvaluator } = load("../alarms") as typeof alarmsModule;
    const fleet = new Fleet({
      scopes,
      folder: join(home, "machines"),
      processes,
      clockSpeed: options.clockSpeed,
      log: logTo(home, "fleet"),
    });
    const alarms = new AlarmEvaluator({
      scopes,
      speed: options.clockSpeed,
      log: logTo(home, "alarms"),
    });

    log(`stopping: ${await stopAsked}`);
    // Workers first: they finish or release what they hold while queue and database still answer.
    await Promise.all([fleet.stop(), alarms.stop()]);
    await Promise.all([
      stopDatabase(database, processes),
      processes.stop(cloud.process, longestSaveMs),
    ]);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log(`failed: ${message}`);
    tell({ kind: "failed", message });
    process.exitCode = 1;
  } finally {
    await processes.close();
    await removeStatus(home);
    log("stopped");
    if (process.connected) process.disconnect();
    // A start that failed may have left something that would keep this process alive, and nobody would end it.
    setTimeout(() => process.exit(), 1000).unref();
  }
}

/** Runs a start; when it fails, the error shows the end of the log and says where the rest is. */
async function withLogTail<T>(logFile: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const text = await readFile(logFile, "utf8").catch(() => "");
    if (text.trim() === "") throw error;
    const tail = text.trim().split("\n").slice(-10).join("\n  ");
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${message}\nThe last lines of ${logFile}:\n  ${tail}`, { cause: error });
  }
}

function logTo(home: string, name: string): (line: string) => void {
  const folder = join(home, "logs");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.log`);
  return (line) => appendFileSync(file, `${new Date().toISOString()} ${process.pid} ${line}\n`);
}

function tell(message: KeeperMessage): void {
  if (process.connected) process.send?.(message);
}

void keep(JSON.parse(process.argv[2] ?? "{}") as KeeperOptions);
