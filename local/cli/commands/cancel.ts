import type { Command } from "commander";
import { forStack } from "../stack-options";
import { openBackend, type StackOptions } from "../workspace";
import { loadProject } from "../../program/project/project-file";

export function addCancel(program: Command): void {
  forStack(program.command("cancel"))
    .description("Remove the lock of a run that has ended or hangs")
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
