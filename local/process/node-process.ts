import { spawn, type ChildProcess } from "node:child_process";
import { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { signalGroup } from "./process-set";

export interface NodeProcessOptions {
  /** Arguments for Node, before the script. */
  nodeArguments?: readonly string[];
  script: string;
  arguments: readonly string[];
  directory: string;
  environment: NodeJS.ProcessEnv;
}

const lifeline = join(__dirname, "lifeline.cjs");
const fastTypeScript = join(__dirname, "fast-typescript.cjs");

/** Starts a Pulumi runner (program or policy pack) in a separate process group, so that a terminal's
 *  Ctrl-C is sent only to the command line. The runner ends when the command line ends. */
export function startNode(options: NodeProcessOptions): ChildProcess {
  const preloads = [`--require=${lifeline}`];
  if (process.env.PULUMI_LOCAL_TSNODE !== "1") preloads.push(`--require=${fastTypeScript}`);
  return spawn(
    process.execPath,
    [...preloads, ...(options.nodeArguments ?? []), options.script, ...options.arguments],
    {
      cwd: options.directory,
      env: options.environment,
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      detached: true,
    },
  );
}

/** Does not wait for a runner any longer: it exits by itself and saves V8's compile cache for the next start. */
export function releaseNode(child: ChildProcess): void {
  const lifelineEnd = child.stdio[3];
  if (lifelineEnd instanceof Socket) lifelineEnd.destroy();
}

/** Interrupts the process, and kills it if it has not ended within the grace time. */
export function stopNode(child: ChildProcess, graceMs: number): void {
  signalGroup(child.pid, "SIGINT");
  const timer = setTimeout(() => signalGroup(child.pid, "SIGKILL"), graceMs);
  child.once("exit", () => clearTimeout(timer));
}

export function forEachLine(
  child: ChildProcess,
  onLine: (line: { stream: "stdout" | "stderr"; text: string }) => void,
): void {
  for (const stream of ["stdout", "stderr"] as const) {
    const input = child[stream];
    if (input === null) continue;
    createInterface({ input }).on("line", (text) => onLine({ stream, text }));
  }
}
