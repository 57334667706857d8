import { join } from "node:path";
import type { Command } from "commander";
import { packageRoot } from "../process/home";
import { loadProject } from "../program/project/project-file";
import { knownStacks, openBackend } from "./workspace";

/** Options whose values are URNs of the state. */
const urnOptions = ["target", "exclude", "replace", "target-replace", "parent"];

/** Adds `completion SHELL`, which prints what a shell needs, and `complete`, which the shell then calls. */
export async function addCompletion(program: Command): Promise<void> {
  const { default: tab } = await import("@bomb.sh/tab/commander");
  const root = tab(program, { completionCommandName: "completion" });
  const setUp = root.setup.bind(root);
  // The shell calls this clone's command, also where node_modules/.bin is not on the PATH.
  root.setup = (name, _executable, shell) =>
    setUp(name, join(packageRoot, "node_modules", ".bin", "pulumi-local"), shell);
  for (const command of root.commands.values()) {
    const stack = command.options.get("stack");
    if (stack !== undefined)
      stack.handler = (complete) => stacks().forEach((name) => complete(name, ""));
    for (const name of urnOptions) {
      const option = command.options.get(name);
      if (option !== undefined)
        option.handler = (complete) => urns().forEach((urn) => complete(urn, ""));
    }
  }
  const select = root.commands.get("stack select")?.arguments.get("name");
  if (select !== undefined)
    select.handler = (complete) => stacks().forEach((name) => complete(name, ""));
}

/** The folder of the command line that is being completed. */
function directory(): string {
  const at = process.argv.findLastIndex((word) => word === "-C" || word === "--directory");
  return at === -1 ? "." : (process.argv[at + 1] ?? ".");
}

/** Nothing is suggested where there is no project. */
function stacks(): string[] {
  try {
    return knownStacks(loadProject(directory()));
  } catch {
    return [];
  }
}

function urns(): string[] {
  try {
    const { name: project } = loadProject(directory());
    const backend = openBackend();
    return backend
      .list(project)
      .flatMap(({ stack }) => backend.checkpoint({ project, stack }).read()?.resources ?? [])
      .map(({ urn }) => urn);
  } catch {
    return [];
  }
}
