import { spawn } from "node:child_process";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

export interface Terminal {
  /** Resolves with everything shown so far when `text` has been shown since the last time. */
  shows(text: string): Promise<string>;
  type(keys: string): void;
  /** Exit code, and everything shown: `raw`, and `text` without control sequences. */
  ended: Promise<{ code: number | null; raw: string; text: string }>;
}

export const keys = { enter: "\r", ctrlC: "\u0003" } as const;

/** Runs a program on a pseudo terminal. Node cannot make one; Python, which is needed anyway, can. */
export function onTerminal(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  { rows, columns } = { rows: 24, columns: 80 },
): Terminal {
  const driver = [join(__dirname, "terminal.py"), String(rows), String(columns)];
  const child = spawn("python3", [...driver, ...command], {
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
  });
  let raw = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (part: string) => (raw += part));
  const ended = new Promise<{ code: number | null; raw: string; text: string }>(
    (settle, reject) => {
      child.once("error", reject);
      child.once("close", (code) => settle({ code, raw, text: stripVTControlCharacters(raw) }));
    },
  );
  return {
    ended,
    type: (typed) => child.stdin.write(typed),
    shows: (text) =>
      new Promise((settle, reject) => {
        const look = () => {
          const found = raw.indexOf(text, seen);
          if (found < 0) return;
          seen = found + text.length;
          child.stdout.off("data", look);
          settle(raw);
        };
        child.stdout.on("data", look);
        child.once("close", () => reject(new Error(`never showed ${text}, but:\n${raw}`)));
        look();
      }),
  };
}
