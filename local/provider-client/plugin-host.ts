import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { ProcessSet } from "../process/process-set";
import { ProviderClient } from "./provider-client";

/** The source of a package's provider: a plugin that is started (once for every provider resource, as
 *  Pulumi does), or a plugin that already runs. */
export type ProviderPlugin = { executable: string } | { address: string };

const startDeadlineMs = 30_000;
const stopGraceMs = 2_000;

export interface PluginHostOptions {
  plugins: Record<string, ProviderPlugin>;
  directory: string;
  environment: NodeJS.ProcessEnv;
  /** Where the plugins may log to. */
  engineAddress: string;
  onOutput(packageName: string, line: string): void;
}

/** Starts provider plugins: one process for each provider resource, as Pulumi does. They end when this
 *  process, however it ends. */
export class PluginHost {
  private processes: ProcessSet | undefined;
  private readonly warm = new Map<string, Promise<ProviderClient>>();

  constructor(private readonly options: PluginHostOptions) {}

  /** Starts a plugin before it is needed, while the program is still loading. */
  prepare(packageName: string): void {
    const starting = this.launch(packageName);
    // The user of the plugin gets the error. If there is no user, the error does not matter.
    starting.catch(() => undefined);
    this.warm.set(packageName, starting);
  }

  start(packageName: string): Promise<ProviderClient> {
    const prepared = this.warm.get(packageName);
    this.warm.delete(packageName);
    return prepared ?? this.launch(packageName);
  }

  async close(): Promise<void> {
    await this.processes?.close(stopGraceMs);
    this.processes = undefined;
  }

  private async launch(packageName: string): Promise<ProviderClient> {
    const plugin = this.options.plugins[packageName];
    if (plugin === undefined) {
      const known = Object.keys(this.options.plugins).join(", ");
      throw new Error(
        `There is no provider for the package "${packageName}" on this machine (available: ${known || "none"}). ` +
          "Resources of other packages need the Pulumi CLI.",
      );
    }
    const client =
      "address" in plugin
        ? new ProviderClient(plugin.address)
        : await this.spawn(packageName, plugin.executable);
    await client.handshake(this.options.engineAddress);
    return client;
  }

  private async spawn(packageName: string, executable: string): Promise<ProviderClient> {
    const processes = (this.processes ??= new ProcessSet());
    const child = processes.spawn(executable, [this.options.engineAddress], {
      cwd: this.options.directory,
      env: this.options.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const port = await this.readPort(packageName, executable, child);
    return new ProviderClient(`127.0.0.1:${port}`, () => processes.stop(child, stopGraceMs));
  }

  /** A plugin prints its port in the first line of its output. */
  private readPort(packageName: string, executable: string, child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
      const errors: string[] = [];
      const fail = (reason: string) =>
        reject(new Error([`The provider plugin ${executable} ${reason}`, ...errors].join("\n  ")));
      const timer = setTimeout(
        () => fail(`did not print its port within ${startDeadlineMs / 1000} s`),
        startDeadlineMs,
      );
      child.once("error", (error) => fail(`could not be started: ${error.message}`));
      child.once("close", (code) => {
        clearTimeout(timer);
        fail(`ended with exit code ${code ?? "none (killed)"}`);
      });
      let isFirst = true;
      readLines(child.stdout, (line) => {
        if (!isFirst) return this.options.onOutput(packageName, line);
        isFirst = false;
        clearTimeout(timer);
        if (/^\d+$/.test(line.trim())) resolve(Number(line));
        else fail(`printed "${line}" instead of its port`);
      });
      readLines(child.stderr, (line) => {
        errors.push(line);
        if (!isFirst) this.options.onOutput(packageName, line);
      });
    });
  }
}

function readLines(stream: ChildProcess["stdout"], onLine: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on("line", onLine);
}
