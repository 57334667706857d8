import { status } from "@grpc/grpc-js";
import type * as aliasRpc from "@pulumi/pulumi/proto/alias_pb";
import {
  RegisterResourceRequest,
  type ReadResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import type { Alias } from "../state/aliases";
import { withAssetHashes } from "../values/asset-hash";
import type { Goal, ReadGoal } from "../state/goal";
import { RpcError } from "../process/grpc";
import { hookBindings } from "../state/hook-bindings";
import type { PropertyMap } from "../values/property-value";
import { noTimeouts, type Timeouts } from "../state/resource-state";
import { sourcePosition, stackTrace } from "./source-positions";
import { isProviderType, packageOf } from "../values/urn";
import { fromWire, parseWire, valueFromWire } from "../values/wire-values";

/** Options that a child inherits from its parent if it does not set them. */
export function inherit(request: RegisterResourceRequest, parent: Goal): void {
  if (request.getDeletedwith() === "") request.setDeletedwith(parent.deletedWith);
  if (!request.hasProtect() && parent.protect !== undefined) request.setProtect(parent.protect);
  if (!request.hasRetainondelete() && parent.retainOnDelete !== undefined) {
    request.setRetainondelete(parent.retainOnDelete);
  }
}

export function assertTypeToken(type: string): void {
  if (/^[^:]+:[^:]*:[^:]+$/.test(type)) return;
  throw new RpcError(
    status.INVALID_ARGUMENT,
    `The type "${type}" of a custom resource must have the form PACKAGE:MODULE:NAME`,
  );
}

export async function goalOf(
  request: RegisterResourceRequest,
  provider: string,
  directory: string,
): Promise<Goal> {
  const type = request.getType();
  const wire = parseWire(request.getObject());
  const inputs = await withAssetHashes(wire.properties, directory);
  const dependencies = [...new Set(request.getDependenciesList())];
  return {
    type,
    name: request.getName(),
    custom: request.getCustom(),
    inputs: isProviderType(type) ? providerInputs(request, inputs) : inputs,
    parent: request.getParent(),
    protect: request.hasProtect() ? request.getProtect() : undefined,
    dependencies,
    provider,
    propertyDependencies: propertyDependencies(request, wire),
    deleteBeforeReplace:
      request.getDeletebeforereplacedefined() || request.getDeletebeforereplace()
        ? request.getDeletebeforereplace()
        : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: [
      ...request.getAliasurnsList().map((urn) => ({ urn })),
      ...request.getAliasesList().map((alias) => aliasOf(alias, request.getAliasspecs())),
    ],
    importId: request.getImportid(),
    customTimeouts: timeouts(request.getCustomtimeouts()),
    replaceOnChanges: request.getReplaceonchangesList(),
    retainOnDelete: request.hasRetainondelete() ? request.getRetainondelete() : undefined,
    deletedWith: request.getDeletedwith(),
    replaceWith: request.getReplaceWithList(),
    replacementTrigger: valueFromWire(request.getReplacementTrigger()),
    resourceHooks: hookBindings(request),
    sourcePosition: sourcePosition(request.getSourceposition(), directory),
    stackTrace: stackTrace(request.getStacktrace(), directory),
  };
}

export function readGoalOf(
  request: ReadResourceRequest,
  provider: string,
  directory: string,
): ReadGoal {
  return {
    type: request.getType(),
    name: request.getName(),
    id: request.getId(),
    inputs: fromWire(request.getProperties()),
    parent: request.getParent(),
    provider,
    dependencies: request.getDependenciesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    sourcePosition: sourcePosition(request.getSourceposition(), directory),
    stackTrace: stackTrace(request.getStacktrace(), directory),
  };
}

/** A provider resource has its version in its inputs, and an internal field for data of the engine. */
function providerInputs(request: RegisterResourceRequest, inputs: PropertyMap): PropertyMap {
  const version = request.getVersion();
  const url = request.getPlugindownloadurl();
  if (version === "" && url === "") return inputs;
  return {
    ...inputs,
    ...(version === "" ? {} : { version }),
    __internal: url === "" ? {} : { pluginDownloadURL: url },
  };
}

/** If a program does not say which resource each property depends on, every property depends on all of them. */
export function namePropertyDependencies(request: RegisterResourceRequest): void {
  const named = request.getPropertydependenciesMap();
  if (named.getLength() > 0) return;
  for (const [key] of request.getObject()?.getFieldsMap().toArray() ?? []) {
    const urns = new RegisterResourceRequest.PropertyDependencies();
    urns.setUrnsList(request.getDependenciesList());
    named.set(key, urns);
  }
}

function propertyDependencies(
  request: RegisterResourceRequest,
  wire: { properties: PropertyMap; dependencies: Record<string, Set<string>> },
): Record<string, string[]> {
  const found: Record<string, Set<string>> = {};
  for (const key of Object.keys(wire.properties)) found[key] = new Set(wire.dependencies[key]);
  request.getPropertydependenciesMap().forEach((urns, key) => {
    const all = (found[key] ??= new Set());
    for (const urn of urns.getUrnsList()) all.add(urn);
  });
  return Object.fromEntries(Object.entries(found).map(([key, urns]) => [key, [...urns]]));
}

/** `isExact`: the program uses the exact form. Older programs leave the parent empty for "no parent", and write "no
 *  parent" when there was none to begin with. */
function aliasOf(alias: aliasRpc.Alias, isExact: boolean): Alias {
  const spec = alias.getSpec();
  if (spec === undefined) return { urn: alias.getUrn() };
  const parent = spec.getParenturn();
  const noParent = isExact
    ? spec.getNoparent()
    : spec.hasParenturn()
      ? parent === ""
      : !spec.getNoparent();
  return {
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent,
    noParent,
  };
}

function timeouts(raw: RegisterResourceRequest.CustomTimeouts | undefined): Timeouts {
  if (raw === undefined) return noTimeouts;
  return {
    create: seconds(raw.getCreate()),
    update: seconds(raw.getUpdate()),
    delete: seconds(raw.getDelete()),
    read: seconds(raw.getRead()),
  };
}

const unitSeconds: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** A duration as Go writes it: "30s", "1h30m". */
function seconds(duration: string): number {
  if (duration === "") return 0;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(duration)) {
    throw new RpcError(
      status.INVALID_ARGUMENT,
      `"${duration}" is not a duration; a timeout has the form 30s, 5m or 1h30m`,
    );
  }
  const parts = duration.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g);
  return [...parts].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (unitSeconds[unit ?? ""] ?? 0),
    0,
  );
}

export function providerRequestOf(
  type: string,
  request: { getVersion(): string; getPlugindownloadurl(): string },
) {
  return {
    packageName: packageOf(type),
    version: request.getVersion(),
    downloadUrl: request.getPlugindownloadurl().replace(/\/$/, ""),
  };
}
