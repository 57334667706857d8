/** `deployment` of a Pulumi checkpoint, version 3: the JSON that the self-managed backend stores. */
export interface DeploymentV3 {
  manifest: { time: string; magic: string; version: string };
  secrets_providers?: { type: string; state?: unknown };
  resources?: ResourceV3[];
  pending_operations?: { resource: ResourceV3; type: string }[];
  metadata?: Record<string, unknown>;
}

/** A resource in a checkpoint. Field names and meanings are those of Pulumi's `apitype.ResourceV3`. */
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
