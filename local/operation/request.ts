import type { PolicyHost } from "../policy/policy-host";
import type { ProgramHost } from "../program/program-host";
import type { ProviderPlugin } from "../provider-client/plugin-host";
import type { SelectionOptions } from "../decide/selection";
import type { DeploymentV3 } from "../state/deployment";
import type { SecretsManager } from "../state/secrets-manager";
import type { EngineEvent } from "../values/events";
import type { PropertyMap } from "../values/property-value";

export interface OperationRequest {
  kind: "update" | "refresh" | "destroy";
  /** True for a preview: nothing is changed, neither cloud nor state. */
  dryRun: boolean;
  project: string;
  stack: string;
  /** Absolute path of the program's folder. Relative paths of assets start here, and providers run here. */
  directory: string;
  /** Fully qualified keys ("aws:region", "file-search:environment") with their unencrypted values. */
  config: Record<string, string>;
  secretKeys: string[];
  /** Current state; undefined for a new stack. */
  base: DeploymentV3 | undefined;
  secrets: SecretsManager;
  /** Called with the whole new state after every change of a resource. Never called in a dry run. */
  save(deployment: DeploymentV3): Promise<void>;
  /** Not set for destroy and refresh, which run no program. */
  program?: ProgramHost;
  /** Provider plugins by package name ("aws"). */
  plugins: Record<string, ProviderPlugin>;
  /** Environment of the provider processes. */
  environment: NodeJS.ProcessEnv;
  /** Outputs of another stack of the same backend, secret ones as `Secret`; undefined when it does not exist. */
  readStackOutputs(name: string): Promise<PropertyMap | undefined>;
  policies?: PolicyHost;
  /** Maximum number of steps that run at the same time. */
  parallel: number;
  /** When it aborts, no new steps start, running steps finish, and the state is saved. */
  signal: AbortSignal;
  /** Undefined: all resources. */
  selection?: SelectionOptions;
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
  /** The state after the operation; after the preview of a refresh, the state that the refresh would write. */
  deployment: DeploymentV3 | undefined;
}
