import type { EngineEvent } from "../values/events";
import type { PropertyMap } from "../values/property-value";

/** Encrypts and decrypts what a checkpoint holds in secret (Pulumi's passphrase provider). */
export interface SecretsManager {
  encrypt(plaintext: string): Promise<string>;
  decrypt(ciphertext: string): Promise<string>;
}

/** `deployment` of a Pulumi checkpoint, version 3: the JSON that the self-managed backend stores. */
export interface DeploymentV3 {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: unknown };
  resources?: ResourceV3[];
  pending_operations?: { resource: ResourceV3; type: string }[];
  metadata?: Record<string, unknown>;
}

/** A resource as a checkpoint has it; field names and meaning are Pulumi's `apitype.ResourceV3`. */
export interface ResourceV3 {
  urn: string;
  custom: boolean;
  delete?: boolean;
  id?: string;
  type: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  parent?: string;
  protect?: boolean;
  taint?: boolean;
  external?: boolean;
  dependencies?: string[];
  initErrors?: string[];
  provider?: string;
  propertyDependencies?: Record<string, string[]>;
  pendingReplacement?: boolean;
  additionalSecretOutputs?: string[];
  aliases?: string[];
  customTimeouts?: { create?: number; update?: number; delete?: number };
  importID?: string;
  retainOnDelete?: boolean;
  deletedWith?: string;
  replaceWith?: string[];
  created?: string;
  modified?: string;
  sourcePosition?: string;
  ignoreChanges?: string[];
  [field: string]: unknown;
}

/** The program, as the engine runs it: told where the monitor and the engine listen, it registers
 *  resources there and exits. Rejects with the program's own diagnostics when it fails. */
export interface ProgramHost {
  run(run: {
    monitorAddress: string;
    engineAddress: string;
    dryRun: boolean;
    parallel: number;
    signal: AbortSignal;
    onOutput(line: { stream: "stdout" | "stderr"; text: string }): void;
  }): Promise<void>;
}

/** A resource as policies see it; becomes `pulumirpc.AnalyzerResource`. */
export interface AnalyzedResource {
  urn: string;
  type: string;
  name: string;
  properties: PropertyMap;
  parent?: string;
  provider?: { urn: string; type: string; name: string; properties: PropertyMap };
  dependencies: string[];
  propertyDependencies: Record<string, string[]>;
  options: {
    protect: boolean;
    ignoreChanges: string[];
    deleteBeforeReplace?: boolean;
    aliases: string[];
    additionalSecretOutputs: string[];
    customTimeouts: { create: number; update: number; delete: number };
  };
}

/** All policy packs of an operation. Both calls emit `policyViolation` events themselves and answer
 *  whether the step (or the whole operation) may go on. */
export interface PolicyHost {
  /** Before `analyze`: the checked inputs as the rules that remediate leave them; they are used from then on. */
  remediate?(resource: AnalyzedResource): Promise<PropertyMap>;
  /** Before a resource's create, update or same; `properties` are its checked inputs. */
  analyze(resource: AnalyzedResource): Promise<{ mandatoryViolation: boolean }>;
  /** Once at the end; `properties` are the resources' outputs, or their inputs in a preview. */
  analyzeStack(resources: AnalyzedResource[]): Promise<{ mandatoryViolation: boolean }>;
}

/** Where a package's provider comes from: a plugin that is started (once for every provider resource, as
 *  Pulumi does), or one that already listens. */
export type ProviderPlugin = { executable: string } | { address: string };

export interface OperationRequest {
  kind: "update" | "refresh" | "destroy";
  /** True for a preview: nothing is changed, neither cloud nor state. */
  dryRun: boolean;
  project: string;
  stack: string;
  /** Absolute folder that the program runs in: relative paths of assets start here, provider processes run here. */
  directory: string;
  /** Fully qualified keys ("aws:region", "file-search:environment") with their values in clear. */
  config: Record<string, string>;
  secretKeys: string[];
  /** Current state; undefined for a new stack. */
  base: DeploymentV3 | undefined;
  secrets: SecretsManager;
  /** Called after every change of a resource with the whole new state, never in a dry run. */
  save(deployment: DeploymentV3): Promise<void>;
  /** Absent for destroy and for refresh, which need none. */
  program?: ProgramHost;
  /** Provider plugins by package name ("aws"). */
  plugins: Record<string, ProviderPlugin>;
  /** Environment of the provider processes. */
  environment: NodeJS.ProcessEnv;
  /** Outputs of another stack of the same backend, secret ones as `Secret`; undefined when it does not exist. */
  readStackOutputs(name: string): Promise<PropertyMap | undefined>;
  policies?: PolicyHost;
  /** Steps that run at the same time. */
  parallel: number;
  /** First abort: no new steps, running ones finish, the state is kept. */
  signal: AbortSignal;
  /** Only these URNs, or all. */
  targets?: string[];
  onEvent(event: EngineEvent): void;
}

export interface OperationResult {
  result: "succeeded" | "failed" | "cancelled";
  /** Whether anything differs (steps other than `same`; for refresh, resources that drifted). */
  hasChanges: boolean;
  /** Whether the state of resources that stay the same differs (`protect`, dependencies …): an update has
   *  something to write then, even if it has nothing to do. */
  stateDiffers: boolean;
  outputs: PropertyMap;
  /** The state as it is now; after the preview of a refresh, as it would be. */
  deployment: DeploymentV3 | undefined;
}
