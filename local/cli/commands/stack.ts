import { readFileSync } from "node:fs";
import { writeFileAtomically } from "../../state/atomic-file";
import Table from "cli-table3";
import type { Command } from "commander";
import { z } from "zod";
import type { DeploymentV3 } from "../../state/deployment";
import { signatureKey, secretSignature } from "../../values/signatures";
import { loadStackFile } from "../../program/project/stack-file";
import { loadProject } from "../../program/project/project-file";
import { stateSecrets, type StateSecrets } from "../../state/secrets";
import { assertCanAsk, confirm } from "../confirm";
import { renderOutputs } from "../display/report";
import { jsonMap, jsonValue } from "../display/values";
import { CommandError, exitCodes } from "../exit";
import {
  knownStacks,
  openBackend,
  openWorkspace,
  stackOutputs,
  type StackOptions,
  type Workspace,
} from "../workspace";
import { deselectStack, selectedStack, selectStack } from "../selected-stack";
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
  forStack(stack.command("export"))
    .description("Print the state, as `pulumi stack export` does")
    .option("--show-secrets", "with unencrypted secrets")
    .option("--file <file>", "file to write")
    .action(exportState);
  forStack(stack.command("import"))
    .description("Replace the state by an exported one")
    .option("--file <file>", "file to read instead of standard input")
    .action(importState);
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

async function exportState(
  options: StackOptions & { showSecrets?: boolean; file?: string },
): Promise<void> {
  const workspace = openWorkspace(options);
  let deployment: unknown = deployed(workspace, options);
  if (options.showSecrets === true) deployment = await inClear(deployment, workspace.secrets);
  const text = `${JSON.stringify({ version: 3, deployment }, null, 4)}\n`;
  if (options.file === undefined) process.stdout.write(text);
  else {
    writeFileAtomically(options.file, text);
    process.stderr.write(`Exported stack ${workspace.stack} to ${options.file}.\n`);
  }
}

const exported = z.object({
  version: z.literal(3, "only exports of version 3 can be read here"),
  deployment: z.looseObject({
    manifest: z.looseObject({ time: z.string() }),
    resources: z.array(z.looseObject({ urn: z.string(), type: z.string() })).optional(),
  }),
});

async function importState(options: StackOptions & { file?: string }): Promise<void> {
  const text = readFileSync(options.file ?? 0, "utf8");
  const parsed = exported.safeParse(jsonOf(text));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      (issue) => `  - ${issue.path.join(".")}: ${issue.message}`,
    );
    throw new CommandError(["This is not an exported stack:", ...faults].join("\n"));
  }
  const workspace = openWorkspace(options);
  const { backend, reference, project, stack, home, file } = workspace;
  const prefix = `urn:pulumi:${stack}::${project.name}::`;
  const strangers = (parsed.data.deployment.resources ?? []).filter(
    ({ urn }) => !urn.startsWith(prefix),
  );
  if (strangers.length > 0) {
    throw new CommandError(
      [
        `The export belongs to another stack than ${project.name}/${stack}:`,
        ...strangers.slice(0, 5).map(({ urn }) => `  - ${urn}`),
      ].join("\n"),
    );
  }
  const lock = backend.lock(reference);
  try {
    const clear = parsed.data.deployment as unknown as DeploymentV3;
    // The salt of the export: its encrypted values were encrypted with it.
    const secrets = stateSecrets(home, clear, file.encryptionSalt);
    const hidden = (await encrypted(clear, secrets)) as DeploymentV3;
    backend.checkpoint(reference).write({ ...hidden, secrets_providers: await secrets.provider() });
  } finally {
    lock.release();
  }
  const count = parsed.data.deployment.resources?.length ?? 0;
  process.stdout.write(`Imported ${count} resources into stack ${stack}.\n`);
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

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CommandError(`This is not an exported stack: ${(error as Error).message}.`);
  }
}

function deployed({ base, stack }: Workspace, options: StackOptions): DeploymentV3 {
  if (base === undefined) {
    throw new CommandError(
      `The stack ${stack} has no state yet; deploy it with \`${pulumiLocal()} up ${stackFlags(options)}\`.`,
    );
  }
  return base;
}

type Plain = Record<string, unknown>;

/** Every secret of a state passed through `change`. */
async function mapSecrets(
  value: unknown,
  change: (secret: Plain) => Promise<Plain>,
): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((element) => mapSecrets(element, change)));
  if (typeof value !== "object" || value === null) return value;
  const object = value as Plain;
  if (object[signatureKey] === secretSignature) return change(object);
  const entries = Object.entries(object).map(async ([key, inner]) => [
    key,
    await mapSecrets(inner, change),
  ]);
  return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
}

const inClear = (state: unknown, secrets: StateSecrets) =>
  mapSecrets(state, async ({ ciphertext, ...secret }) =>
    typeof ciphertext === "string"
      ? { ...secret, plaintext: await secrets.decrypt(ciphertext) }
      : secret,
  );

const encrypted = (state: unknown, secrets: StateSecrets) =>
  mapSecrets(state, async ({ plaintext, ...secret }) =>
    typeof plaintext === "string"
      ? { ...secret, ciphertext: await secrets.encrypt(plaintext) }
      : secret,
  );
