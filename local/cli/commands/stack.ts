import { writeFileAtomically } from "../../state/atomic-file";
import Table from "cli-table3";
import type { Command } from "commander";
import { loadStackFile } from "../../program/project/stack-file";
import { loadProject } from "../../program/project/project-file";
import { assertCanAsk, confirm } from "../confirm";
import { renderOutputs } from "../display/report";
import { jsonMap, jsonValue } from "../display/values";
import { CommandError, exitCodes } from "../exit";
import {
  deployed,
  knownStacks,
  openBackend,
  openWorkspace,
  stackOutputs,
  type StackOptions,
} from "../workspace";
import { deselectStack, selectedStack, selectStack } from "../selected-stack";
import { addStackState } from "./stack-state";
import { directoryOption, forStack } from "../stack-options";
import { folderFlag, pulumiLocal, stackFlags } from "../../process/command";

export function addStack(program: Command): void {
  const stack = program.command("stack").description("Stacks and their state");

  stack
    .command("ls")
    .description("List the project's stacks")
    .option(...directoryOption)
    .option("--json", "answer with JSON")
    .action(list);
  stack
    .command("init")
    .argument("<name>", "such as dev")
    .description("Add a stack, its configuration file, and select it")
    .option(...directoryOption)
    .action(init);
  stack
    .command("select")
    .argument("<name>", "such as dev")
    .description("Choose the stack of the commands that are given without -s")
    .option(...directoryOption)
    .action(select);
  forStack(stack.command("output").argument("[name]"))
    .description("Print one output, or all")
    .option("--show-secrets", "show secret outputs unencrypted")
    .option("--json", "answer with JSON")
    .action(output);
  addStackState(stack);
  forStack(stack.command("rm"))
    .description("Remove a stack: its state, history and backups. Resources are not deleted")
    .option("-y, --yes", "do not ask")
    .option("--force", "also if it still has resources; they stay in the cloud")
    .action(remove);
}

function list(options: { directory: string; json?: boolean }): void {
  const project = loadProject(options.directory);
  const states = new Map(
    openBackend()
      .list(project.name)
      .map((state) => [state.stack, state]),
  );
  const selected = selectedStack(project);
  const stacks = knownStacks(project).map((name) => ({
    name,
    current: name === selected,
    resources: states.get(name)?.resources ?? 0,
    updated: states.get(name)?.updated ?? null,
  }));
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(stacks, null, 2)}\n`);
    return;
  }
  const table = new Table({
    head: ["stack", "resources", "last update"],
    style: { head: [], border: [] },
  });
  table.push(
    ...stacks.map(({ name, current, resources, updated }) => [
      current ? `${name}*` : name,
      resources,
      updated ?? "never",
    ]),
  );
  process.stdout.write(`${table.toString()}\n`);
}

function init(name: string, { directory }: { directory: string }): void {
  const project = loadProject(directory);
  if (!/^[\w.-]{1,100}$/.test(name)) {
    throw new CommandError(
      `A stack cannot be named ${JSON.stringify(name)}: letters, digits, ".", "_" and "-" are allowed.`,
      exitCodes.configuration,
    );
  }
  const { path, exists } = loadStackFile(project, name);
  if (exists) throw new CommandError(`The stack ${name} exists: ${path}.`);
  writeFileAtomically(path, "config: {}\n", 0o644);
  selectStack(project, name);
  const flags = stackFlags({ stack: name, directory });
  process.stdout.write(
    `Created ${path} and selected ${name}. Next: \`${pulumiLocal()} config set KEY VALUE ${flags}\`, then \`${pulumiLocal()} up ${flags}\`.\n`,
  );
}

function select(name: string, { directory }: { directory: string }): void {
  const project = loadProject(directory);
  const known = knownStacks(project);
  if (!known.includes(name)) {
    throw new CommandError(
      `The project ${project.name} has no stack ${JSON.stringify(name)}; it has ${known.join(", ") || "none"}. ` +
        `To add it: \`${pulumiLocal()} stack init ${name}${folderFlag(directory)}\`.`,
      exitCodes.stackNotFound,
    );
  }
  selectStack(project, name);
  process.stdout.write(`Selected ${name} of ${project.name}.\n`);
}

async function output(
  name: string | undefined,
  options: StackOptions & { showSecrets?: boolean; json?: boolean },
): Promise<void> {
  const workspace = openWorkspace(options);
  const outputs = await stackOutputs(deployed(workspace, options), workspace.secrets);
  const show = options.showSecrets === true;
  if (name === undefined) {
    const text =
      options.json === true || show
        ? `${JSON.stringify(jsonMap(outputs, show), null, 2)}\n`
        : renderOutputs(outputs);
    process.stdout.write(text);
    return;
  }
  const value = outputs[name];
  if (value === undefined) {
    const known = Object.keys(outputs).join(", ") || "none";
    throw new CommandError(`The stack ${workspace.stack} has no output ${name}; it has ${known}.`);
  }
  const plain = jsonValue(value, show);
  // A text is printed without quotes, for use in scripts.
  const bare = options.json !== true && typeof plain === "string";
  process.stdout.write(`${bare ? plain : JSON.stringify(plain, null, 2)}\n`);
}

async function remove(options: StackOptions & { yes?: boolean; force?: boolean }): Promise<void> {
  const { backend, reference, base, stack, project } = openWorkspace(options);
  const left = (base?.resources ?? []).filter(
    ({ custom, type }) => custom && !type.startsWith("pulumi:"),
  );
  if (left.length > 0 && options.force !== true) {
    throw new CommandError(
      `The stack ${stack} still has ${left.length} resources; delete them with \`${pulumiLocal()} destroy ${stackFlags(options)}\`, ` +
        "or remove the stack without deleting them with --force.",
    );
  }
  if (options.yes !== true) {
    assertCanAsk("stack rm");
    const question = `Remove the stack ${stack}, its history and its backups?`;
    const answer = await confirm(question);
    if (answer !== "yes") throw new CommandError("Nothing was removed.");
  }
  const lock = backend.lock(reference);
  try {
    backend.remove(reference);
  } finally {
    lock.release();
  }
  if (selectedStack(project) === stack) deselectStack(project);
  process.stdout.write(`Removed the stack ${stack}.\n`);
}
