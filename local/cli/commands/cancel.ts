import type { Command } from "commander";
import { openBackend, type StackOptions } from "../workspace";
import { loadProject } from "../../program/project/project-file";

export function addCancel(program: Command): void {
  program
    .command("cancel")
    .description("Remove the lock that a run left behind")
    .requiredOption("-s, --stack <name>", "stack, such as dev (always needed)")
    .option("-C, --directory <folder>", "folder of the project, such as systems/file-search", ".")
    .action(({ stack, directory }: StackOptions) => {
      const { name: project } = loadProject(directory);
      const removed = openBackend().cancel({ project, stack });
      const text =
        removed.length === 0
          ? `The stack ${stack} was not locked.\n`
          : removed
              .map(
                ({ pid, username, hostname, timestamp }) =>
                  `Removed the lock of process ${pid} of ${username} on ${hostname}, held since ${timestamp}.\n`,
              )
              .join("");
      process.stdout.write(text);
    });
}
