import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { build, type Message } from "esbuild";
import type { WorkerVariables } from "../../contracts/worker-environment";
import type { QueuePair } from "../support/queue-pair";

const root = join(__dirname, "..", "..");

/** The worker as a machine has it: one file. It starts in a fifth of the time that the sources take. */
export class WorkerBundle {
  private constructor(
    private readonly folder: string,
    readonly file: string,
    readonly warnings: Message[],
  ) {}

  static async build(): Promise<WorkerBundle> {
    const folder = mkdtempSync(join(tmpdir(), "queuefleet-bundle-"));
    const outfile = join(folder, "worker.js");
    const { warnings } = await build({
      entryPoints: [join(root, "worker", "main.ts")],
      bundle: true,
      platform: "node",
      target: "node22",
      loader: { ".sql": "text" },
      outfile,
      logLevel: "silent",
    });
    return new WorkerBundle(folder, outfile, warnings);
  }

  get command(): [string, string] {
    return [process.execPath, this.file];
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A worker in a process of its own. */
export class WorkerProcess {
  readonly lines: Record<string, unknown>[] = [];
  stderr = "";
  readonly exit: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(
    [command, ...args]: readonly [string, ...string[]],
    environment: Record<string, string | undefined>,
  ) {
    this.child = spawn(command, args, {
      cwd: root,
      env: { PATH: process.env.PATH, TMPDIR: process.env.TMPDIR, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { stdout, stderr } = this.child;
    if (stdout !== null) {
      createInterface({ input: stdout }).on("line", (line) =>
        this.lines.push(JSON.parse(line) as Record<string, unknown>),
      );
    }
    stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.exit = once(this.child, "close").then(([code]) => code as number | null);
  }

  /** The log lines whose message matches. */
  logged(text: RegExp): Record<string, unknown>[] {
    return this.lines.filter(({ msg }) => text.test(String(msg)));
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }

  /** Stops it if it still runs, the hard way. */
  async end(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exit;
  }
}

const stateFolder = mkdtempSync(join(tmpdir(), "queuefleet-state-"));
after(() => rmSync(stateFolder, { recursive: true, force: true }));

/** What a worker of these tests reads. No lease runs out because the machine is busy, and a failed
 *  attempt is repeated at once: the delay is a ninetieth of the lease, in whole seconds. */
export function workerVariables(
  queues: QueuePair,
  variables: Partial<WorkerVariables>,
): Record<string, string> {
  return {
    // Message ids are unique, so the workers of all tests can share a ledger. It is not the user's.
    STATE_DIRECTORY: stateFolder,
    QUEUE_URL: queues.queueUrl,
    DLQ_URL: queues.deadLetterQueueUrl,
    WORKER_CONCURRENCY: "2",
    VISIBILITY_TIMEOUT_SECONDS: "10",
    JOB_TIMEOUT_SECONDS: "120",
    MAX_RECEIVE_COUNT: "3",
    SHUTDOWN_GRACE_SECONDS: "100",
    PROCESSOR: "command",
    METRICS_NAMESPACE: "Test/Worker",
    ...variables,
    ...queues.account.environment(),
  };
}
