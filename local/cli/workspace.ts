import { join, resolve } from "node:path";
import { CheckpointValues } from "../state/checkpoint-values";
import type { DeploymentV3 } from "../state/deployment";
import type { PropertyMap } from "../values/property-value";
import { rootStackType } from "../values/urn";
import { folderFlag, pulumiLocal, stackFlags } from "../process/command";
import { localHome } from "../process/home";
import { loadProject, type Project } from "../program/project/project-file";
import {
  resolveConfig,
  secureKeys,
  type ConfigDecrypter,
  type ResolvedConfig,
} from "../program/project/config";
import { configuredStacks, loadStackFile, type StackFile } from "../program/project/stack-file";
import { organization, StateBackend, type StackReference } from "../state/backend";
import { passphrase, StateSecrets, stateSecrets } from "../state/secrets";
import { CommandError, exitCodes } from "./exit";

/** The project and stack of a command. */
export interface Workspace {
  home: string;
  project: Project;
  stack: string;
  reference: StackReference;
  file: StackFile;
  backend: StateBackend;
  base: DeploymentV3 | undefined;
  secrets: StateSecrets;
}

export interface StackOptions {
  stack: string;
  directory: string;
}

export const stateFolder = (home: string) => join(home, "state");

export function openBackend(home = localHome()): StateBackend {
  const backend = new StateBackend(stateFolder(home));
  backend.initialise();
  return backend;
}

/** The project's stacks: those with a configuration file, and those with a state. */
export function knownStacks(project: Project, backend = openBackend()): string[] {
  const states = backend.list(project.name).map(({ stack }) => stack);
  return [...new Set([...configuredStacks(project), ...states])].sort();
}

/** A stack exists if it has a configuration file or a state. */
export function openWorkspace({ stack, directory }: StackOptions): Workspace {
  const home = localHome();
  const project = loadProject(resolve(directory));
  const file = loadStackFile(project, stack);
  const backend = openBackend(home);
  const reference = { project: project.name, stack };
  const checkpoint = backend.checkpoint(reference);
  if (!file.exists && !checkpoint.exists()) {
    const known = knownStacks(project, backend);
    throw new CommandError(
      `The project ${project.name} has no stack ${JSON.stringify(stack)}; it has ${known.join(", ") || "none"}. ` +
        `To add it: \`${pulumiLocal()} stack init ${stack}${folderFlag(directory)}\`.`,
      exitCodes.stackNotFound,
    );
  }
  const base = checkpoint.read();
  return {
    home,
    project,
    stack,
    reference,
    file,
    backend,
    base,
    secrets: stateSecrets(home, base, file.encryptionSalt),
  };
}

/** The configuration as the program receives it. Throws one error with all faults. */
export function workspaceConfig(workspace: Workspace): Promise<ResolvedConfig> {
  const { project, stack, file } = workspace;
  return resolveConfig(project, stack, file, configDecrypter(workspace));
}

export function configDecrypter({ home, file }: Pick<Workspace, "home" | "file">): ConfigDecrypter {
  if (secureKeys(file).length === 0) return { unavailable: "nothing is encrypted" };
  const { secretsProvider, encryptionSalt } = file;
  if (encryptionSalt !== undefined) {
    return new StateSecrets(() => passphrase(home), encryptionSalt);
  }
  const provider = secretsProvider ?? "a provider that the file does not name";
  return {
    unavailable:
      `it was encrypted with ${provider}, which is not available here; ` +
      "a local run needs it as a plain value or encrypted with a passphrase",
  };
}

/** Outputs of a stack by the name that a stack reference gives: organization/PROJECT/STACK, or STACK of
 *  the same project. Undefined when it does not exist. */
export async function readStackOutputs(
  workspace: Pick<Workspace, "home" | "backend" | "project">,
  name: string,
): Promise<PropertyMap | undefined> {
  const parts = name.split("/");
  const [first, project, stack] = parts;
  const reference =
    parts.length === 1 && first !== undefined
      ? { project: workspace.project.name, stack: first }
      : parts.length === 3 && project !== undefined && stack !== undefined
        ? { project, stack }
        : undefined;
  if (reference === undefined || (parts.length === 3 && first !== organization)) {
    throw new Error(
      `The stack reference ${JSON.stringify(name)} must be organization/PROJECT/STACK; ` +
        'the organization of a self-managed backend is always "organization"',
    );
  }
  const base = workspace.backend.checkpoint(reference).read();
  if (base === undefined) return undefined;
  return stackOutputs(base, stateSecrets(workspace.home, base, undefined));
}

export async function stackOutputs(
  base: DeploymentV3,
  secrets: StateSecrets,
): Promise<PropertyMap> {
  const root = base.resources?.find(({ type }) => type === rootStackType);
  return new CheckpointValues(secrets).read(root?.outputs ?? {}, "outputs");
}

/** The state of a stack that must have one. */
export function deployed({ base, stack }: Workspace, options: StackOptions): DeploymentV3 {
  if (base === undefined) {
    throw new CommandError(
      `The stack ${stack} has no state yet; deploy it with \`${pulumiLocal()} up ${stackFlags(options)}\`.`,
    );
  }
  return base;
}
