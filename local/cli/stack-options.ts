import type { Command } from "commander";
import { defaultStack } from "./selected-stack";
import type { StackOptions } from "./workspace";

export const directoryOption = [
  "-C, --directory <folder>",
  "folder of the project, such as systems/file-search",
  ".",
] as const;

/** For a command that works on one stack. */
export const forStack = (command: Command): Command =>
  command
    .option("-s, --stack <name>", "stack, such as dev; without it, the selected one")
    .option(...directoryOption)
    .hook("preAction", (_, acting) => {
      const { stack, directory } = acting.opts<Partial<StackOptions> & { directory: string }>();
      if (stack === undefined) acting.setOptionValue("stack", defaultStack(directory));
    });
