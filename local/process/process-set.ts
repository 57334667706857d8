import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { createWriteStream } from "node:fs";
import { Socket } from "node:net";
import { dirname, join } from "node:path";
import { makeFolder } from "./make-folder";

/** Child processes that end with this process. Each has its own process group, and a guard
 *  (`guard.sh`) ends the groups when this process has ended, even by `kill -9`. */
export class ProcessSet {
  private readonly running = new Map<number, ChildProcess>();
  private readonly guard: ChildProcess;
  private isClosed = false;

  constructor() {
    this.guard = spawn("/bin/sh", [join(__dirname, "guard.sh")], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    this.guard.stdin?.on("error", () => undefined);
    this.guard.unref();
    // The pipe is a socket. It must not prevent this process from ending.
    if (this.guard.stdin instanceof Socket) this.guard.stdin.unref();
  }

  spawn(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    // What starts after the others were stopped would never be stopped.
    if (this.isClosed) throw new Error(`${command} was not started: everything is being stopped.`);
    const child = spawn(command, args, { ...options, detached: true });
    const { pid } = child;
    if (pid === undefined) return child;
    this.running.set(pid, child);
    this.tell(`+${pid}`);
    child.once("exit", () => {
      this.running.delete(pid);
      // The group may contain grandchildren whose parent has already ended. Nothing else would end them.
      signalGroup(pid, "SIGKILL");
      this.tell(`-${pid}`);
    });
    return child;
  }

  /** Sends SIGTERM, waits, then SIGKILL. Resolves when the process is gone. */
  async stop(
    child: ChildProcess,
    graceMs: number,
    signal: NodeJS.Signals = "SIGTERM",
  ): Promise<void> {
    if (child.pid === undefined || hasEnded(child)) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.kill(signal);
    const timer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceMs);
    await ended;
    clearTimeout(timer);
  }

  /** Stops all remaining processes and ends the guard. */
  async close(graceMs = 5000): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.running.values()].map((child) => this.stop(child, graceMs)));
    this.guard.stdin?.end();
  }

  private tell(line: string): void {
    if (this.guard.stdin?.writable === true) this.guard.stdin.write(`${line}\n`);
  }
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** A text that says how a child ended. Undefined while it runs. */
export function howEnded(child: ChildProcess): string | undefined {
  if (!hasEnded(child)) return undefined;
  return `it ended with ${child.signalCode ?? `code ${child.exitCode}`}`;
}

/** A child's output is appended to this log file. */
export function logStream(file: string) {
  makeFolder(dirname(file));
  return createWriteStream(file, { flags: "a" });
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

export function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
