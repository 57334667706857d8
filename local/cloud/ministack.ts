import type { ChildProcess } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { freePort } from "../process/free-port";
import { howEnded, logStream, type ProcessSet } from "../process/process-set";
import { waitUntil } from "../process/wait";
import { account } from "./account";
import { cloudMark } from "./leftovers";
import { ensurePython } from "./python";

export interface Ministack {
  endpoint: string;
  process: ChildProcess;
}

/** Starts the embedded cloud on loopback and resolves when it answers. */
export async function startMinistack(
  home: string,
  processes: ProcessSet,
  clockSpeed: number,
): Promise<Ministack> {
  const python = join(await ensurePython(), "python");
  const folder = join(home, "cloud");
  await mkdir(join(folder, "tmp"), { recursive: true });
  const port = await keptPort(join(folder, "port"));
  const endpoint = `http://127.0.0.1:${port}`;

  const child = processes.spawn(
    python,
    ["-X", cloudMark(home), join(__dirname, "corrections.py")],
    {
      cwd: folder,
      env: { ...inherited(), ...settings(folder, port, clockSpeed) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const log = logStream(join(home, "logs", "cloud.log"));
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  child.once("close", () => log.end());

  await waitUntil(() => answers(endpoint), {
    what: `the embedded cloud to answer on ${endpoint}`,
    withinMs: 30_000,
    everyMs: 20,
    givenUpWhen: () => howEnded(child),
  });
  return { endpoint, process: child };
}

/** Queue URLs and the state of stacks contain the port, so a home keeps its port. */
async function keptPort(file: string): Promise<number> {
  const kept = Number(await readFile(file, "utf8").catch(() => "0"));
  const port = await freePort(kept);
  await writeFile(file, String(port));
  return port;
}

function settings(folder: string, port: number, clockSpeed: number): NodeJS.ProcessEnv {
  return {
    BIND_HOST: "127.0.0.1",
    MINISTACK_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    CLOUD_CLOCK_SPEED: String(clockSpeed),
    MINISTACK_ACCOUNT_ID: account.accountId,
    // IAM decides about every call. Without it, a role that lacks a right would only fail on AWS.
    AUTH: "true",
    // These services listen on separate, fixed ports. Nothing here uses them.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    PERSIST_STATE: "1",
    STATE_DIR: join(folder, "state"),
    S3_PERSIST: "1",
    S3_DATA_DIR: join(folder, "s3"),
    TMPDIR: join(folder, "tmp"),
    // Otherwise it would search for its containers at every start.
    DOCKER_HOST: `unix://${join(folder, "no-docker.sock")}`,
    // The repository's Node comes first, so that Lambda functions run on the version that they are built for.
    PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
  };
}

/** Functions that the cloud runs must not get the user's AWS settings. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS_|NODE_OPTIONS$)/.test(name)),
  );
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/ready`)).ok;
  } catch {
    return false;
  }
}
