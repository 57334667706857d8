import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import type { Readable } from "node:stream";

const root = resolve(__dirname, "../..");
export const shim = join(root, "local", "bin", "pulumi-local.js");

/** This process's environment without some variables. */
export function environmentWithout(...names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.includes(name)));
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningCommand {
  done: Promise<CommandResult>;
  /** As Ctrl-C does. */
  interrupt(): void;
  /** Resolves when stderr has it. */
  said(text: string): Promise<void>;
  /** Resolves when stdout has it. */
  printed(text: string): Promise<void>;
}

/** Runs the command line as a person does, without a terminal. */
export function start(
  environment: NodeJS.ProcessEnv,
  ...parameters: readonly string[]
): RunningCommand {
  const child = spawn(process.execPath, [shim, ...parameters], {
    env: environment,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (part: Buffer) => (stdout += part.toString()));
  child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
  const has = (stream: Readable, all: () => string, text: string) =>
    new Promise<void>((settle, reject) => {
      const look = () => {
        if (all().includes(text)) settle();
      };
      stream.on("data", look);
      child.once("close", () =>
        reject(new Error(`never said ${text}; said:\n${stdout}\n${stderr}`)),
      );
      look();
    });
  const done = new Promise<CommandResult>((settle, reject) => {
    child.once("error", reject);
    child.once("close", (code) => settle({ code, stdout, stderr }));
  });
  return {
    done,
    interrupt: () => child.kill("SIGINT"),
    said: (text) => has(child.stderr, () => stderr, text),
    printed: (text) => has(child.stdout, () => stdout, text),
  };
}
