import type { ChildProcess } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { shortHash } from "../../contracts/release";
import type { ProcessSet } from "../process/process-set";
import type { Scope } from "../cloud/scope";
import { ConfirmLaunch } from "./confirm-launch";
import { EnvironmentFile } from "./environment-file";
import { type BundleLocation, fetchBundle } from "./fetch-bundle";
import { LifecycleAction } from "./lifecycle-action";
import { LogShipper } from "./log-shipper";
import { asMachine, type MachineScope } from "./machine-credentials";
import type { WorkerEvents } from "./worker-events";
import { restarts } from "./unit-file";
import { bundleOf, type MachineSetup } from "./user-data";

export interface MachineOptions {
  instanceId: string;
  scope: Scope;
  /** The Auto Scaling group. */
  group: string;
  setup: MachineSetup;
  /** The machine's own folder. */
  folder: string;
  processes: ProcessSet;
  clockSpeed: number;
  log: (line: string) => void;
}

/** One machine of a fleet: fetches its bundle, runs it, and restarts it according to its systemd unit. */
export class Machine {
  readonly worker = new EventEmitter<WorkerEvents>();
  readonly environment: EnvironmentFile;
  private readonly stopping = new AbortController();
  private child: ChildProcess | undefined;
  private isRestarting = false;
  /** Ends a pause between two starts. */
  private waking = new AbortController();
  private readonly running: Promise<void>;
  private readonly confirmation: ConfirmLaunch | undefined;
  /** What the machine does itself, it does with its own role. */
  private readonly scope: MachineScope;

  constructor(private readonly options: MachineOptions) {
    const { setup, folder } = options;
    this.scope = asMachine(options.scope, options.instanceId);
    this.environment = new EnvironmentFile(folder, setup.environment);
    if (setup.launchHook !== undefined) {
      const action = this.lifecycleAction(setup.launchHook);
      this.confirmation = new ConfirmLaunch(action, this.worker, (line) => this.log(line));
    }
    this.running = this.run();
  }

  /** The worker's process id while it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  isIn({ accountId, region }: Scope): boolean {
    const { scope } = this.options;
    return scope.accountId === accountId && scope.region === region;
  }

  /** Why the bundle cannot be fetched; undefined if it can. */
  async refusal(bundle: BundleLocation): Promise<string | undefined> {
    return fetchBundle(this.scope, bundle).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  }

  /** What `systemctl restart` does: stops the worker as its unit says, and starts it. */
  async restart(): Promise<void> {
    this.isRestarting = true;
    this.waking.abort();
    await this.stopWorker();
  }

  /** Sends a second SIGTERM to a worker that is being stopped: it aborts and releases what still runs. Returns false if
   *  the worker has ended. */
  abortWork(): boolean {
    return this.child?.kill("SIGTERM") ?? false;
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
    await this.confirmation?.stop();
    await this.stopWorker();
    await this.running;
  }

  private async stopWorker(): Promise<void> {
    const { setup, processes } = this.options;
    // setTimeout takes no more than 2^31 - 1 milliseconds.
    const graceMs = Math.min(setup.unit.stopTimeoutMs, 2 ** 31 - 1);
    if (this.child !== undefined) await processes.stop(this.child, graceMs);
  }

  private lifecycleAction(hook: string): LifecycleAction {
    const { group, instanceId } = this.options;
    return new LifecycleAction(this.scope, { group, hook, instanceId });
  }

  private log(line: string): void {
    this.options.log(`${this.options.instanceId}: ${line}`);
  }

  private async run(): Promise<void> {
    const { folder, instanceId, setup, clockSpeed } = this.options;
    await mkdir(folder, { recursive: true });
    const file = createWriteStream(join(folder, "worker.log"), { flags: "a" });
    const stream = (setup.logs?.stream ?? "").replaceAll("{instance_id}", instanceId);
    const shipper =
      setup.logs &&
      new LogShipper(this.scope, { group: setup.logs.group, stream }, clockSpeed, (fault) =>
        this.log(fault),
      );
    while (!this.stopping.signal.aborted) {
      this.isRestarting = false;
      this.waking = new AbortController();
      shipper?.workerBegan();
      const end = await this.runOnce(file, shipper);
      this.log(end.what);
      this.worker.emit("ended");
      shipper?.workerEnded();
      await this.pause(restarts(setup.unit, end) ? setup.unit.restartMs : undefined);
    }
    await shipper?.close();
    file.end();
    await once(file, "close");
  }

  private async runOnce(file: WriteStream, shipper: LogShipper | undefined) {
    const { folder, instanceId, processes } = this.options;
    const program = join(folder, "worker.js");
    const variables = await this.environment.variables();
    const bundle = bundleOf(variables);
    try {
      await writeFile(program, await fetchBundle(this.scope, bundle));
    } catch (error) {
      return { code: 1, signal: null, what: `the bundle was not fetched: ${String(error)}` };
    }
    const credentials = await this.scope.credentials();
    if (this.stopping.signal.aborted || this.isRestarting) {
      return { code: 0, signal: null, what: "stopped before the worker ran" };
    }

    const child = processes.spawn(process.execPath, [program], {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        ...variables,
        INSTANCE_ID: instanceId,
        // As systemd sets it for a unit with a StateDirectory.
        STATE_DIRECTORY: join(folder, "state"),
        // On EC2 the SDK finds the service and the instance role's credentials by itself.
        AWS_ENDPOINT_URL: this.scope.endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    this.worker.emit("began");
    this.log(`worker ${shortHash(bundle.sha256)} runs as process ${child.pid}`);
    for (const output of [child.stdout, child.stderr]) {
      if (output === null) continue;
      createInterface({ input: output }).on("line", (line) => {
        file.write(`${line}\n`);
        shipper?.add(line);
        this.worker.emit("line", line);
      });
    }
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    this.child = undefined;
    return { code, signal, what: `the worker ended with ${signal ?? `code ${code}`}` };
  }

  /** Until the worker is started again: after a time, or only when it is restarted. */
  private async pause(ms: number | undefined): Promise<void> {
    const signal = AbortSignal.any([this.stopping.signal, this.waking.signal]);
    if (signal.aborted) return;
    try {
      if (ms === undefined) await once(signal, "abort");
      else await delay(ms, undefined, { signal });
    } catch {
      // The machine stops, or the worker is restarted, so there is no wait.
    }
  }
}
