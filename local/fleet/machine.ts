import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { ProcessSet } from "../process/process-set";
import { clientConfig, type Scope } from "../cloud/scope";
import { ConfirmLaunch } from "./confirm-launch";
import { LifecycleAction } from "./lifecycle-action";
import { LogShipper } from "./log-shipper";
import { restarts } from "./unit-file";
import type { MachineSetup } from "./user-data";

export interface MachineOptions {
  instanceId: string;
  scope: Scope;
  /** The Auto Scaling group. */
  group: string;
  setup: MachineSetup;
  /** The machine's own folder. */
  folder: string;
  processes: ProcessSet;
  log: (line: string) => void;
}

/** One machine of a fleet: fetches its bundle, runs it, and restarts it according to its systemd unit. */
export class Machine {
  private readonly stopping = new AbortController();
  private child: ChildProcess | undefined;
  private readonly running: Promise<void>;
  private readonly confirmation: ConfirmLaunch | undefined;

  constructor(private readonly options: MachineOptions) {
    const { instanceId, setup, log } = options;
    this.confirmation =
      setup.launchHook === undefined
        ? undefined
        : new ConfirmLaunch(this.lifecycleAction(setup.launchHook), (line) =>
            log(`${instanceId}: ${line}`),
          );
    this.running = this.run();
  }

  /** The worker's process id while it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** What the machine's drain unit does when Auto Scaling wants to terminate the machine. */
  async drain(): Promise<void> {
    const { terminationHook } = this.options.setup;
    await this.stop();
    if (terminationHook !== undefined) {
      await this.lifecycleAction(terminationHook).complete("CONTINUE");
    }
  }

  /** Sends SIGTERM, waits for the stop time of the unit, then sends SIGKILL. Resolves when the process has ended and
   *  its logs are sent. */
  async stop(): Promise<void> {
    this.stopping.abort();
    const { setup, processes } = this.options;
    await this.confirmation?.stop();
    // setTimeout takes no more than 2^31 - 1 milliseconds.
    const graceMs = Math.min(setup.unit.stopTimeoutMs, 2 ** 31 - 1);
    if (this.child !== undefined) await processes.stop(this.child, graceMs);
    await this.running;
  }

  private lifecycleAction(hook: string): LifecycleAction {
    const { scope, group, instanceId } = this.options;
    return new LifecycleAction(scope, { group, hook, instanceId });
  }

  private async run(): Promise<void> {
    const { folder, instanceId, scope, setup, log } = this.options;
    await mkdir(folder, { recursive: true });
    const file = createWriteStream(join(folder, "worker.log"), { flags: "a" });
    const stream = (setup.logs?.stream ?? "").replaceAll("{instance_id}", instanceId);
    const shipper =
      setup.logs &&
      new LogShipper(scope, { group: setup.logs.group, stream }, (fault) =>
        log(`${instanceId}: ${fault}`),
      );
    let wantsRestart = true;
    while (wantsRestart && !this.stopping.signal.aborted) {
      const end = await this.runOnce(file, shipper);
      log(`${instanceId}: ${end.what}`);
      this.confirmation?.workerEnded();
      wantsRestart = restarts(setup.unit, end);
      if (wantsRestart) await this.pause(setup.unit.restartMs);
    }
    await shipper?.close();
    file.end();
    await once(file, "close");
  }

  private async runOnce(file: WriteStream, shipper: LogShipper | undefined) {
    const { folder, instanceId, scope, setup, processes, log } = this.options;
    const program = join(folder, "worker.js");
    try {
      await writeFile(program, await fetchBundle(scope, setup.bundle));
    } catch (error) {
      return { code: 1, signal: null, what: `the bundle was not fetched: ${String(error)}` };
    }
    if (this.stopping.signal.aborted) return { code: 0, signal: null, what: "stopped" };

    const child = processes.spawn(process.execPath, [program], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ...setup.environment,
        INSTANCE_ID: instanceId,
        // On EC2 the SDK finds the service and the instance role's credentials by itself.
        AWS_ENDPOINT_URL: scope.endpoint,
        AWS_ACCESS_KEY_ID: scope.accountId,
        AWS_SECRET_ACCESS_KEY: "local",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    this.confirmation?.workerBegan();
    log(`${instanceId}: worker ${setup.bundle.sha256.slice(0, 12)} runs as process ${child.pid}`);
    for (const output of [child.stdout, child.stderr]) {
      if (output === null) continue;
      createInterface({ input: output }).on("line", (line) => {
        file.write(`${line}\n`);
        shipper?.add(line);
        this.confirmation?.workerWrote(line);
      });
    }
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    this.child = undefined;
    return { code, signal, what: `the worker ended with ${signal ?? `code ${code}`}` };
  }

  private async pause(ms: number): Promise<void> {
    try {
      await delay(ms, undefined, { signal: this.stopping.signal });
    } catch {
      // The machine is stopping, so there is no wait.
    }
  }
}

async function fetchBundle(scope: Scope, bundle: MachineSetup["bundle"]): Promise<Uint8Array> {
  const s3 = new S3Client({ ...clientConfig(scope), forcePathStyle: true });
  try {
    const object = await s3.send(new GetObjectCommand({ Bucket: bundle.bucket, Key: bundle.key }));
    const content = (await object.Body?.transformToByteArray()) ?? new Uint8Array();
    const sha256 = createHash("sha256").update(content).digest("hex");
    if (sha256 !== bundle.sha256) {
      throw new Error(
        `s3://${bundle.bucket}/${bundle.key} has the hash ${sha256}, not ${bundle.sha256}`,
      );
    }
    return content;
  } finally {
    s3.destroy();
  }
}
