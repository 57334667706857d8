import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { WorkerVariables } from "../../contracts/worker-environment";
import type { QueuePair } from "../support/queue-pair";

const root = join(__dirname, "..", "..");
const plain = [process.execPath, "--require", "tsx/cjs", join(root, "worker", "main.ts")] as const;

/** A worker in a process of its own, as a machine runs it. */
export class WorkerProcess {
  readonly lines: Record<string, unknown>[] = [];
  stderr = "";
  readonly exit: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(
    environment: Record<string, string | undefined>,
    [command, ...args]: readonly [string, ...string[]] = plain,
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

  static serving(
    queues: QueuePair,
    variables: Partial<WorkerVariables>,
    more: Record<string, string | undefined> = {},
    command?: readonly [string, ...string[]],
  ): WorkerProcess {
    const environment = {
      QUEUE_URL: queues.queueUrl,
      DLQ_URL: queues.deadLetterQueueUrl,
      WORKER_CONCURRENCY: "2",
      VISIBILITY_TIMEOUT_SECONDS: "2",
      JOB_TIMEOUT_SECONDS: "20",
      MAX_RECEIVE_COUNT: "3",
      SHUTDOWN_GRACE_SECONDS: "10",
      PROCESSOR: "command",
      METRICS_NAMESPACE: "Test/Worker",
      ...variables,
      ...queues.account.environment(),
      ...more,
    };
    return new WorkerProcess(environment, command);
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
