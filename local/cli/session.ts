import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { SelectionOptions } from "../decide/selection";
import type { OperationRequest } from "../operation/request";
import type { ProgramHost } from "../program/program-host";
import type { ProviderPlugin } from "../provider-client/plugin-host";
import { readPackConfig } from "../policy/policy-config";
import { PolicyPacks } from "../policy/policy-host";
import { importedUrn, importProgram, type Imported } from "../program/import-program";
import { createProgramHost } from "../program/program-host";
import { packageRoot } from "../process/home";
import type { ResolvedConfig } from "../program/project/config";
import { organization } from "../state/backend";
import { cloudEnvironment } from "./cloud-access";
import { CommandError, exitCodes } from "./exit";
import { openWorkspace, workspaceConfig, type Workspace } from "./workspace";

/** The flags of up, preview, refresh and destroy. */
export interface OperationFlags {
  stack: string;
  directory: string;
  policyPack: readonly string[];
  policyPackConfig: readonly string[];
  previewOnly: boolean;
  skipPreview: boolean;
  expectNoChanges: boolean;
  refresh: boolean;
  clearPendingCreates: boolean;
  json: boolean;
  yes: boolean;
  diff: boolean;
  showSames: boolean;
  parallel: number;
  selection: SelectionOptions;
  /** Only these are imported, and the program does not run. */
  imports?: { resources: Imported[]; protect: boolean };
}

/** The values that all phases of one command share. */
export interface Session {
  workspace: Workspace;
  config: ResolvedConfig;
  program: ProgramHost;
  policies: PolicyPacks | undefined;
  plugins: OperationRequest["plugins"];
  environment: NodeJS.ProcessEnv;
  signal: AbortSignal;
  parallel: number;
  selection: SelectionOptions;
  json: boolean;
}

/** Reads and checks everything. Starts the policy packs immediately, because their start takes as long as the
 *  program. */
export async function openSession(
  flags: OperationFlags,
  signal: AbortSignal,
  withPolicies: boolean,
): Promise<Session> {
  const workspace = openWorkspace(flags);
  const environment = cloudEnvironment(workspace.home);
  const config = await workspaceConfig(workspace);
  const { project, stack } = workspace;
  const judged = { organization, project: project.name, stack, ...withValues(config) };
  const packs = withPolicies ? packSettings(flags) : [];
  return {
    workspace,
    config,
    environment,
    signal,
    json: flags.json,
    parallel: flags.parallel,
    selection: selectionOf(flags, judged),
    policies: packs.length > 0 ? new PolicyPacks(packs, judged, environment) : undefined,
    program:
      flags.imports === undefined
        ? createProgramHost({
            ...judged,
            root: project.root,
            ...project.program,
            runtime: project.runtimeOptions,
            environment,
          })
        : importProgram({
            ...judged,
            ...flags.imports,
            versionOf: (packageName) => sdkVersion(packageName, project.program.directory),
          }),
    plugins: providerPlugins(workspace),
  };
}

function selectionOf(
  { selection, imports }: OperationFlags,
  stack: { project: string; stack: string },
): SelectionOptions {
  if (imports === undefined) return selection;
  return { targets: imports.resources.map((resource) => importedUrn(stack, resource)) };
}

/** The version of the installed SDK of a package. The program asks for a provider of this version. */
function sdkVersion(packageName: string, directory: string): string {
  const sdk = `@pulumi/${packageName}`;
  try {
    const file = require.resolve(`${sdk}/package.json`, { paths: [directory] });
    return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
  } catch {
    throw new CommandError(
      `The program has no ${sdk}; install it, or check the type's package name.`,
      exitCodes.configuration,
    );
  }
}

const withValues = ({ values, secretKeys }: ResolvedConfig) => ({ config: values, secretKeys });

/** With -C, the relative path of a pack is relative to the project's folder, as in the Pulumi CLI. */
function packSettings(flags: OperationFlags) {
  const { policyPack, policyPackConfig, directory } = flags;
  if (policyPackConfig.length > policyPack.length) {
    throw new CommandError(
      `--policy-pack-config is given ${policyPackConfig.length} times and --policy-pack ${policyPack.length} times; ` +
        "give one configuration for each pack, in the same order.",
      exitCodes.configuration,
    );
  }
  return policyPack.map((pack, index) => {
    const file = policyPackConfig[index];
    return {
      directory: resolve(directory, pack),
      config: file === undefined ? {} : readPackConfig(resolve(directory, file)),
    };
  });
}

function providerPlugins({ project }: Workspace): Record<string, ProviderPlugin> {
  const own = Object.fromEntries(
    project.providerPlugins.map(({ name, directory }) => [
      name,
      { executable: join(directory, `pulumi-resource-${name}`) },
    ]),
  );
  const aws = join(packageRoot, "local", "provider", "plugin", "pulumi-resource-aws");
  return { aws: { executable: aws }, ...own };
}
