import type { CheckpointValues } from "./checkpoint-values";
import type { HookBindings } from "./hook-bindings";
import type { ResourceV3 } from "./deployment";
import type { PropertyMap, PropertyValue } from "../values/property-value";
import { parseProviderReference } from "../values/urn";

export interface Timeouts {
  create: number;
  update: number;
  delete: number;
  read: number;
}

export const noTimeouts: Timeouts = { create: 0, update: 0, delete: 0, read: 0 };

/** A resource in the engine: the fields of a checkpoint, with decoded properties. The steps change
 *  these objects in place; the snapshot is written from them. */
export interface ResourceState {
  urn: string;
  type: string;
  custom: boolean;
  /** Replaced, or no longer registered, and still to be deleted. */
  delete: boolean;
  /** Empty for components, and while not created. */
  id: string;
  inputs: PropertyMap;
  outputs: PropertyMap | undefined;
  parent: string;
  protect: boolean;
  taint: boolean;
  /** Read, not owned. */
  external: boolean;
  dependencies: string[];
  initErrors: string[];
  provider: string;
  propertyDependencies: Record<string, string[]>;
  /** Already deleted, but its replacement is not created yet. */
  pendingReplacement: boolean;
  additionalSecretOutputs: string[];
  aliases: string[];
  customTimeouts: Timeouts;
  importId: string;
  retainOnDelete: boolean;
  deletedWith: string;
  replaceWith: string[];
  created: string | undefined;
  modified: string | undefined;
  sourcePosition: string;
  stackTrace: { sourcePosition?: string }[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  /** Null when there is none. */
  replacementTrigger: PropertyValue;
  resourceHooks: HookBindings;
}

export const emptyState: ResourceState = {
  urn: "",
  type: "",
  custom: false,
  delete: false,
  id: "",
  inputs: {},
  outputs: undefined,
  parent: "",
  protect: false,
  taint: false,
  external: false,
  dependencies: [],
  initErrors: [],
  provider: "",
  propertyDependencies: {},
  pendingReplacement: false,
  additionalSecretOutputs: [],
  aliases: [],
  customTimeouts: noTimeouts,
  importId: "",
  retainOnDelete: false,
  deletedWith: "",
  replaceWith: [],
  created: undefined,
  modified: undefined,
  sourcePosition: "",
  stackTrace: [],
  ignoreChanges: [],
  replaceOnChanges: [],
  replacementTrigger: null,
  resourceHooks: {},
};

/** URNs of the dependencies of a resource, without its parent. */
export function dependenciesOf(state: ResourceState): Set<string> {
  const urns = new Set([
    ...state.dependencies,
    ...Object.values(state.propertyDependencies).flat(),
    ...state.replaceWith,
  ]);
  if (state.deletedWith !== "") urns.add(state.deletedWith);
  if (state.provider !== "") urns.add(parseProviderReference(state.provider).urn);
  return urns;
}

const understood = new Set([
  ...Object.keys(emptyState).map((field) => (field === "importId" ? "importID" : field)),
]);

/** Fields of newer versions of Pulumi that change what an operation must do. A state with them is refused. */
const unsupported = ["viewOf", "extensionRef", "snippetID"];

export async function readResource(
  resource: ResourceV3,
  values: CheckpointValues,
): Promise<ResourceState> {
  const refused = unsupported.filter((field) => {
    const value = resource[field];
    return value !== undefined && value !== null && !understood.has(field);
  });
  if (refused.length > 0) {
    throw new Error(
      `The resource ${resource.urn} in the state uses ${refused.join(", ")}, which the embedded engine does not ` +
        "know. Operate this stack with the Pulumi CLI.",
    );
  }
  const { urn } = resource;
  const trigger = { replacementTrigger: (resource.replacementTrigger ?? null) as unknown };
  return {
    urn,
    type: resource.type,
    custom: resource.custom,
    delete: resource.delete ?? false,
    id: resource.id ?? "",
    inputs: await values.read(resource.inputs ?? {}, `${urn}.inputs`),
    outputs: await values.read(resource.outputs ?? {}, `${urn}.outputs`),
    parent: resource.parent ?? "",
    protect: resource.protect ?? false,
    taint: resource.taint ?? false,
    external: resource.external ?? false,
    dependencies: resource.dependencies ?? [],
    initErrors: resource.initErrors ?? [],
    provider: resource.provider ?? "",
    propertyDependencies: resource.propertyDependencies ?? {},
    pendingReplacement: resource.pendingReplacement ?? false,
    additionalSecretOutputs: resource.additionalSecretOutputs ?? [],
    aliases: resource.aliases ?? [],
    customTimeouts: { ...noTimeouts, ...resource.customTimeouts },
    importId: resource.importID ?? "",
    retainOnDelete: resource.retainOnDelete ?? false,
    deletedWith: resource.deletedWith ?? "",
    replaceWith: resource.replaceWith ?? [],
    created: resource.created,
    modified: resource.modified,
    sourcePosition: resource.sourcePosition ?? "",
    stackTrace: (resource.stackTrace ?? []) as ResourceState["stackTrace"],
    ignoreChanges: resource.ignoreChanges ?? [],
    replaceOnChanges: (resource.replaceOnChanges ?? []) as string[],
    replacementTrigger: (await values.read(trigger, urn)).replacementTrigger ?? null,
    resourceHooks: resource.resourceHooks ?? {},
  };
}

/** Empty fields are left out, and the order is Pulumi's, so that states compare as text. */
export async function writeResource(
  state: ResourceState,
  values: CheckpointValues,
): Promise<ResourceV3> {
  const { urn, customTimeouts } = state;
  const inputs = await values.write(state.inputs, `${urn}.inputs`);
  const outputs = await values.write(state.outputs ?? {}, `${urn}.outputs`);
  const { replacementTrigger } = await values.write(
    { replacementTrigger: state.replacementTrigger },
    urn,
  );
  const timeouts = nonEmpty(
    Object.fromEntries(Object.entries(customTimeouts).filter(([, seconds]) => seconds !== 0)),
  );
  const resource: ResourceV3 = {
    urn,
    custom: state.custom,
    delete: state.delete || undefined,
    id: state.id || undefined,
    type: state.type,
    inputs: nonEmpty(inputs),
    outputs: nonEmpty(outputs),
    parent: state.parent || undefined,
    protect: state.protect || undefined,
    taint: state.taint || undefined,
    external: state.external || undefined,
    dependencies: nonEmptyList(state.dependencies),
    initErrors: nonEmptyList(state.initErrors),
    provider: state.provider || undefined,
    propertyDependencies: nonEmpty(state.propertyDependencies),
    pendingReplacement: state.pendingReplacement || undefined,
    additionalSecretOutputs: nonEmptyList(state.additionalSecretOutputs),
    aliases: nonEmptyList(state.aliases),
    customTimeouts: timeouts,
    importID: state.importId || undefined,
    retainOnDelete: state.retainOnDelete || undefined,
    deletedWith: state.deletedWith || undefined,
    replaceWith: nonEmptyList(state.replaceWith),
    created: state.created,
    modified: state.modified,
    sourcePosition: state.sourcePosition || undefined,
    stackTrace: nonEmptyList(state.stackTrace),
    ignoreChanges: nonEmptyList(state.ignoreChanges),
    replaceOnChanges: nonEmptyList(state.replaceOnChanges),
    replacementTrigger: replacementTrigger ?? undefined,
    resourceHooks: nonEmpty(state.resourceHooks),
  };
  return Object.fromEntries(
    Object.entries(resource).filter(([, value]) => value !== undefined),
  ) as ResourceV3;
}

function nonEmpty<T extends object>(map: T): T | undefined {
  return Object.keys(map).length === 0 ? undefined : map;
}

function nonEmptyList<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}
