import Table from "cli-table3";
import type { Command } from "commander";
import { closestMatch } from "leven";
import { pulumiLocal, stackFlags } from "../../process/command";
import { parsePropertyPath } from "../../values/property-path";
import { assertDeclared } from "../../program/project/config";
import { editStackFile } from "../../program/project/stack-file";
import { qualifiedKey } from "../../program/project/project-file";
import { passphrase, StateSecrets } from "../../state/secrets";
import { CommandError } from "../exit";
import { forStack } from "../stack-options";
import { openWorkspace, workspaceConfig, type StackOptions, type Workspace } from "../workspace";

type SetOptions = StackOptions & { secret?: boolean; path?: boolean };

export function addConfig(program: Command): void {
  const config = program.command("config").description("Configuration of a stack");

  forStack(config.command("ls"))
    .description("List the values as the program receives them; secrets are not shown")
    .option("--show-secrets", "show them unencrypted")
    .option("--json", "answer with JSON")
    .action(list);
  forStack(config.command("set").argument("<key>").argument("<value>"))
    .description("Set a value in the stack's file")
    .option("--secret", "encrypt it")
    .option("--path", "the key is a path into a list or an object, such as 'list[0]'")
    .action(set);
  forStack(config.command("get").argument("<key>"))
    .description("Print a value as the program receives it")
    .action(get);
  forStack(config.command("rm").argument("<key>"))
    .description("Remove a value from the stack's file")
    .action(remove);
}

async function set(key: string, value: string, options: SetOptions): Promise<void> {
  const workspace = openWorkspace(options);
  const { file, home, project } = workspace;
  const [first, ...inner] = options.path === true ? parsePropertyPath(key) : [key];
  const name = qualifiedKey(project.name, String(first));
  const path = [name, ...inner];
  if (options.secret !== true) {
    const written = inner.length > 0 ? typed(value) : value;
    editStackFile(file.path, { path, value: written }, (whole) =>
      assertDeclared(project, name, whole, false),
    );
    process.stdout.write(`Set ${name} in ${file.path}.\n`);
    warnOfMisspelling(workspace, name, options);
    return;
  }
  const { secretsProvider, encryptionSalt } = file;
  if (secretsProvider !== undefined && secretsProvider !== "passphrase") {
    throw new CommandError(
      `${file.path} keeps its secrets with ${secretsProvider}, which is not available here; ` +
        `set ${name} with the Pulumi CLI.`,
    );
  }
  const secrets =
    encryptionSalt === undefined
      ? workspace.secrets
      : new StateSecrets(() => passphrase(home), encryptionSalt);
  // Not encrypted yet, so that its type can be checked.
  if (inner.length === 0) assertDeclared(project, name, value, true);
  const secure = await secrets.encrypt(value);
  const edit = { path, value: { secure }, encryptionSalt: await secrets.encryptionSalt() };
  editStackFile(file.path, edit, (whole) => assertDeclared(project, name, whole, true));
  process.stdout.write(`Set ${name}, encrypted, in ${file.path}.\n`);
  warnOfMisspelling(workspace, name, options);
}

/** Pulumi accepts every key. A key that looks like a declared one is probably a typing error. */
function warnOfMisspelling({ project }: Workspace, name: string, options: StackOptions): void {
  if (project.config.has(name)) return;
  const meant = closestMatch(name, [...project.config.keys()], { maxDistance: 3 });
  if (meant === undefined) return;
  process.stderr.write(
    `warning: Pulumi.yaml declares no ${name}; did you mean ${meant}? ` +
      `To remove it: \`${pulumiLocal()} config rm ${name} ${stackFlags(options)}\`\n`,
  );
}

/** Values inside a list or an object are written as the Pulumi CLI writes them. */
const typed = (value: string) =>
  /^(true|false|0|-?[1-9]\d{0,14})$/.test(value) ? (JSON.parse(value) as unknown) : value;

async function list(
  options: StackOptions & { showSecrets?: boolean; json?: boolean },
): Promise<void> {
  const workspace = openWorkspace(options);
  const { values, secretKeys } = await workspaceConfig(workspace);
  const shown = Object.entries(values).map(([key, value]) => ({
    key,
    value: secretKeys.includes(key) && options.showSecrets !== true ? "[secret]" : value,
    secret: secretKeys.includes(key),
  }));
  if (options.json === true) {
    const entries = shown.map(({ key, ...rest }) => [key, rest]);
    process.stdout.write(`${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
    return;
  }
  const table = new Table({ head: ["key", "value"], style: { head: [], border: [] } });
  table.push(...shown.map(({ key, value }) => [key, value]));
  process.stdout.write(`${table.toString()}\n`);
}

async function get(key: string, options: StackOptions): Promise<void> {
  const workspace = openWorkspace(options);
  const name = qualifiedKey(workspace.project.name, key);
  const { values } = await workspaceConfig(workspace);
  const value = values[name];
  if (value === undefined) {
    throw new CommandError(`${name} has no value in stack ${workspace.stack} and no default.`);
  }
  process.stdout.write(`${value}\n`);
}

function remove(key: string, options: StackOptions): void {
  const { file, project } = openWorkspace(options);
  const name = qualifiedKey(project.name, key);
  const written = [name, key].find((candidate) => file.keys.has(candidate));
  if (written === undefined) throw new CommandError(`${file.path} has no ${name}.`);
  editStackFile(file.path, { path: [written], value: undefined });
  process.stdout.write(`Removed ${name} from ${file.path}.\n`);
}
