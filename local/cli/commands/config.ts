import type { Command } from "commander";
import { editStackFile } from "../../project/stack-file";
import { qualifiedKey } from "../../project/project-file";
import { passphrase, StateSecrets } from "../../state/secrets";
import { CommandError } from "../exit";
import { openWorkspace, workspaceConfig, type StackOptions } from "../workspace";

type SecretOption = StackOptions & { secret?: boolean };

export function addConfig(program: Command): void {
  const config = program.command("config").description("Configuration of a stack");
  const forStack = (command: Command) =>
    command
      .requiredOption("-s, --stack <name>", "stack, such as dev")
      .option("-C, --directory <folder>", "folder of the project", ".");

  forStack(config.command("set").argument("<key>").argument("<value>"))
    .description("Set a value in the stack's file")
    .option("--secret", "encrypt it")
    .action(set);
  forStack(config.command("get").argument("<key>"))
    .description("Print a value as the program gets it")
    .action(get);
  forStack(config.command("rm").argument("<key>"))
    .description("Remove a value from the stack's file")
    .action(remove);
}

async function set(key: string, value: string, options: SecretOption): Promise<void> {
  const workspace = openWorkspace(options);
  const { file, home, project } = workspace;
  const name = qualifiedKey(project.name, key);
  if (options.secret !== true) {
    editStackFile(file.path, { key: name, value });
    process.stdout.write(`Set ${name} in ${file.path}.\n`);
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
  const secure = await secrets.encrypt(value);
  editStackFile(file.path, {
    key: name,
    value: { secure },
    encryptionSalt: await secrets.encryptionSalt(),
  });
  process.stdout.write(`Set ${name}, encrypted, in ${file.path}.\n`);
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
  editStackFile(file.path, { key: written, value: undefined });
  process.stdout.write(`Removed ${name} from ${file.path}.\n`);
}
