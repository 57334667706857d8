import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Tail } from "./tail";

/** What the worker's environment passes on: what programs need to run at all. Its credentials and
 *  settings are not theirs. */
const passedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TEMP|TMP|SystemRoot)$/;

/** util-linux; makes the program end with the worker even when the worker is killed, so that nobody
 *  starts the same work at the same time. */
const parentDeathGuard = ["/usr/bin/setpriv", "--pdeathsig", "KILL", "--"];

/** Output that outlives the program (a background process holds it) is not waited for longer. */
const outputAfterExitMs = 500;

/** Bytes of output kept, from its end. */
const keptOutput = 8192;

export interface ProgramRun {
  command: readonly string[];
  stdin: string;
  variables: Record<string, string>;
  signal: AbortSignal;
  /** From SIGTERM to SIGKILL. */
  killAfterMs: number;
}

export interface ProgramEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

const alive = new Set<ChildProcess>();
process.on("exit", () => alive.forEach((child) => kill(child, "SIGKILL")));

/** Runs a program to its end, without a shell, in a process group of its own. Resolves with how it ended;
 *  rejects only when it could not be started. */
export async function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  const [program = "", ...args] = existsSync(parentDeathGuard[0] ?? "")
    ? [...parentDeathGuard, ...run.command]
    : run.command;
  const child = spawn(program, args, {
    env: { ...inherited(process.env), ...run.variables },
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  alive.add(child);
  const stdout = new Tail(child.stdout, keptOutput);
  const stderr = new Tail(child.stderr, keptOutput);
  // A program that does not read its input closes the pipe, which is allowed.
  child.stdin.on("error", () => undefined);
  child.stdin.end(run.stdin);

  let killTimer: NodeJS.Timeout | undefined;
  const terminate = () => {
    kill(child, "SIGTERM");
    killTimer = setTimeout(() => kill(child, "SIGKILL"), run.killAfterMs);
  };
  if (run.signal.aborted) {
    terminate();
  } else {
    run.signal.addEventListener("abort", terminate, { once: true });
  }
  try {
    const end = await ended(child);
    return { ...end, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    run.signal.removeEventListener("abort", terminate);
    clearTimeout(killTimer);
    // What the program started and left behind must not run during the next attempt.
    kill(child, "SIGKILL");
    alive.delete(child);
  }
}

/** Says what is wrong with a command line, or nothing. */
export function commandFault(
  command: readonly string[],
  path = process.env.PATH,
): string | undefined {
  const [program = ""] = command;
  const candidates = program.includes("/")
    ? [program]
    : (path ?? "").split(delimiter).map((folder) => join(folder, program));
  return candidates.some(isExecutable)
    ? undefined
    : `"${program}" is not an executable file${program.includes("/") ? "" : " on the PATH"}`;
}

function ended(child: ChildProcess): Promise<Pick<ProgramEnd, "exitCode" | "signal">> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (exitCode, signal) => {
      const end = () => resolve({ exitCode, signal });
      const timer = setTimeout(end, outputAfterExitMs);
      child.once("close", () => {
        clearTimeout(timer);
        end();
      });
    });
  });
}

/** The whole group, so that what the program started ends too. */
function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) {
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

function inherited(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => passedOn.test(name)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
