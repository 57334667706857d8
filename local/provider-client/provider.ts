import type { PropertyDiff } from "../values/events";
import type { PropertyMap } from "../values/property-value";

export interface CheckFailure {
  property: string;
  reason: string;
}

export interface CheckResult {
  inputs: PropertyMap;
  failures: CheckFailure[];
}

export interface DiffResult {
  changes: "unknown" | "none" | "some";
  replaceKeys: string[];
  changedKeys: string[];
  deleteBeforeReplace: boolean;
  detailedDiff?: Record<string, PropertyDiff>;
}

export const noDiff: DiffResult = {
  changes: "none",
  replaceKeys: [],
  changedKeys: [],
  deleteBeforeReplace: false,
};

export function replaces(diff: DiffResult): boolean {
  return (
    diff.replaceKeys.length > 0 ||
    Object.values(diff.detailedDiff ?? {}).some(({ kind }) => kind.endsWith("-replace"))
  );
}

export interface CheckRequest {
  urn: string;
  olds?: PropertyMap;
  news: PropertyMap;
  allowUnknowns: boolean;
  randomSeed: Uint8Array;
}

export interface DiffRequest {
  urn: string;
  id: string;
  oldInputs: PropertyMap;
  oldOutputs: PropertyMap;
  newInputs: PropertyMap;
  allowUnknowns: boolean;
  ignoreChanges: string[];
}

export interface CreateRequest {
  urn: string;
  inputs: PropertyMap;
  timeoutSeconds: number;
  preview: boolean;
}

export interface ReadRequest {
  urn: string;
  id: string;
  inputs?: PropertyMap;
  outputs?: PropertyMap;
  timeoutSeconds: number;
}

export interface UpdateRequest {
  urn: string;
  id: string;
  oldInputs: PropertyMap;
  oldOutputs: PropertyMap;
  newInputs: PropertyMap;
  timeoutSeconds: number;
  ignoreChanges: string[];
  preview: boolean;
}

export interface DeleteRequest {
  urn: string;
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap;
  timeoutSeconds: number;
}

export interface CheckConfigRequest {
  urn: string;
  olds?: PropertyMap;
  news: PropertyMap;
}

export interface DiffConfigRequest {
  urn: string;
  oldInputs: PropertyMap;
  oldOutputs: PropertyMap;
  newInputs: PropertyMap;
  ignoreChanges: string[];
}

export interface ReadResult {
  /** Empty when the resource does not exist. */
  id: string;
  inputs?: PropertyMap;
  outputs?: PropertyMap;
}

/** The interface of everything that manages custom resources: a provider plugin, the engine itself (stack
 *  references), or the registry of providers (provider resources). */
export interface Provider {
  check(request: CheckRequest): Promise<CheckResult>;
  diff(request: DiffRequest): Promise<DiffResult>;
  create(request: CreateRequest): Promise<{ id: string; outputs: PropertyMap }>;
  read(request: ReadRequest): Promise<ReadResult>;
  update(request: UpdateRequest): Promise<{ outputs: PropertyMap }>;
  delete(request: DeleteRequest): Promise<void>;
}

/** A provider of one package, configured by a provider resource. */
export interface PackageProvider extends Provider {
  checkConfig(request: CheckConfigRequest): Promise<CheckResult>;
  diffConfig(request: DiffConfigRequest): Promise<DiffResult>;
  configure(request: { urn: string; id: string; inputs: PropertyMap }): Promise<void>;
  invoke(request: {
    token: string;
    inputs: PropertyMap;
    preview: boolean;
  }): Promise<{ outputs: PropertyMap; failures: CheckFailure[] }>;
  close(): Promise<void>;
}

/** The resource exists but is not as it should be (ErrorResourceInitFailed): kept in the state, with the
 *  reasons, so that the next operation can continue. */
export class ResourceInitError extends Error {
  constructor(
    readonly reasons: string[],
    readonly live: { id: string; inputs?: PropertyMap; outputs: PropertyMap },
  ) {
    super(reasons.join("\n") || "resource init failed");
    this.name = "ResourceInitError";
  }
}

/** The provider is configured with values that are not known in a preview, so it cannot compare. */
export class DiffUnavailableError extends Error {
  constructor() {
    super(
      "The provider for this resource has inputs that are not known during preview.\n" +
        "This preview may not correctly represent the changes that will be applied during an update.",
    );
    this.name = "DiffUnavailableError";
  }
}
