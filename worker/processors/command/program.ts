import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { openInput } from "./input-file";
import { guardPrograms } from "./program-guard";
import { exitTerminated, runScriptArguments } from "./run-script";
import { Tail } from "./tail";

/** What the worker's environment passes on: what programs need to run at all. Its credentials and
 *  settings are not theirs. */
const passedOn =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TEMP|TMP|SystemRoot)$/;

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
  /** File that appears when the program has succeeded, even if this worker is killed in that moment. */
  doneMark?: string;
}

export interface ProgramEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** It was told to stop before it had ended: how it ended says nothing about the work. */
  wasTerminated: boolean;
  stdout: string;
  stderr: string;
}

/** Process groups of the programs that run. */
const groups = new Set<number>();
process.on("exit", () => groups.forEach((group) => killGroup(group, "SIGKILL")));

/** Runs a program to its end, in a process group of its own. Resolves with how it ended; rejects only when it could not
 *  be started. */
export async function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  const input = openInput(run.stdin);
  let child: ChildProcess;
  try {
    child = spawn("/bin/sh", runScriptArguments(run.command, guardPrograms(), run.doneMark), {
      env: { ...inherited(), ...run.variables },
      stdio: [input, "pipe", "pipe"],
      detached: true,
    });
  } finally {
    closeSync(input);
  }
  const { pid } = child;
  if (pid === undefined || child.stdout === null || child.stderr === null) {
    throw await new Promise<Error>((resolve) => child.once("error", resolve));
  }
  groups.add(pid);
  const stdout = new Tail(child.stdout, keptOutput);
  const stderr = new Tail(child.stderr, keptOutput);

  let killTimer: NodeJS.Timeout | undefined;
  const terminate = () => {
    killGroup(pid, "SIGTERM");
    killTimer = setTimeout(() => killGroup(pid, "SIGKILL"), run.killAfterMs);
  };
  if (run.signal.aborted) {
    terminate();
  } else {
    run.signal.addEventListener("abort", terminate, { once: true });
  }
  try {
    const end = await ended(child);
    const wasTerminated =
      run.signal.aborted && (end.signal !== null || end.exitCode === exitTerminated);
    return { ...end, wasTerminated, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    run.signal.removeEventListener("abort", terminate);
    clearTimeout(killTimer);
    // What the program started and left behind must not run during the next attempt.
    killGroup(pid, "SIGKILL");
    groups.delete(pid);
  }
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
function killGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // It has ended already.
  }
}

let inheritedVariables: NodeJS.ProcessEnv | undefined;

/** Read once: it does not change, and reading it costs more than what else a start does here. */
function inherited(): NodeJS.ProcessEnv {
  inheritedVariables ??= Object.fromEntries(
    Object.entries(process.env).filter(([name]) => passedOn.test(name)),
  );
  return inheritedVariables;
}
