import type { Command } from "commander";

export const directoryOption = [
  "-C, --directory <folder>",
  "folder of the project, such as systems/file-search",
  ".",
] as const;

/** For a command that works on one stack. */
export const forStack = (command: Command): Command =>
  command
    .requiredOption("-s, --stack <name>", "stack, such as dev (required)")
    .option(...directoryOption);
