import {
  accessSync,
  constants,
  existsSync,
  openSync,
  readSync,
  closeSync,
  statSync,
} from "node:fs";
import { delimiter, join } from "node:path";

/** Says what is wrong with a command line, or nothing. */
export function commandFault(
  command: readonly string[],
  path = process.env.PATH,
): string | undefined {
  const [program = ""] = command;
  const candidates = program.includes("/")
    ? [program]
    : (path ?? "").split(delimiter).map((folder) => join(folder, program));
  const file = candidates.find(isExecutable);
  if (file === undefined) {
    return `"${program}" is not an executable file${program.includes("/") ? "" : " on the PATH"}`;
  }
  // A shell runs it, and succeeds without any work.
  if (statSync(file).size === 0) return `"${program}" is an empty file`;
  const interpreter = interpreterOf(file);
  return interpreter === undefined || isExecutable(interpreter)
    ? undefined
    : `"${program}" starts with #!${interpreter}, which is not an executable file`;
}

/** The files that a command line names: the program's script, for example. */
export const filesOf = (command: readonly string[]): string[] =>
  command.slice(1).filter((argument) => existsSync(argument));

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The program in a script's first line: "#!/usr/bin/python3 -u". */
function interpreterOf(file: string): string | undefined {
  const start = Buffer.alloc(256);
  let open: number | undefined;
  try {
    open = openSync(file, "r");
    readSync(open, start);
  } catch {
    // A program that may be executed but not read.
    return undefined;
  } finally {
    if (open !== undefined) closeSync(open);
  }
  return /^#! *(\S+)/.exec(start.toString("latin1"))?.[1];
}
