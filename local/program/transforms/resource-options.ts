import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import {
  TransformResourceOptions,
  type RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";

/** The options of a registration as a transform receives them. */
export function optionsOf(request: RegisterResourceRequest): TransformResourceOptions {
  const options = new TransformResourceOptions();
  options.setDependsOnList(request.getDependenciesList());
  if (request.hasProtect()) options.setProtect(request.getProtect() === true);
  options.setIgnoreChangesList(request.getIgnorechangesList());
  options.setReplaceOnChangesList(request.getReplaceonchangesList());
  options.setVersion(request.getVersion());
  options.setAliasesList([
    ...request.getAliasurnsList().map(aliasOfUrn),
    ...request.getAliasesList(),
  ]);
  options.setProvider(request.getProvider());
  options.setCustomTimeouts(request.getCustomtimeouts());
  options.setPluginDownloadUrl(request.getPlugindownloadurl());
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() === true);
  options.setDeletedWith(request.getDeletedwith());
  // Some SDKs set the value but not the flag that it is set.
  if (request.getDeletebeforereplacedefined() || request.getDeletebeforereplace()) {
    options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  }
  options.setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
  copyMap(request.getProvidersMap(), options.getProvidersMap());
  copyMap(request.getPluginchecksumsMap(), options.getPluginChecksumsMap());
  options.setHooks(request.getHooks());
  options.setImport(request.getImportid());
  options.setHideDiffList(request.getHidediffsList());
  options.setReplaceWithList(request.getReplaceWithList());
  options.setReplacementTrigger(request.getReplacementTrigger());
  return options;
}

/** Replaces the program's options with those that a transform returned. `dependsOn` is handled by the
 *  caller. */
export function takeOptions(
  request: RegisterResourceRequest,
  options: TransformResourceOptions,
): void {
  request.clearProtect();
  if (options.hasProtect()) request.setProtect(options.getProtect() === true);
  request.setIgnorechangesList(options.getIgnoreChangesList());
  request.setReplaceonchangesList(options.getReplaceOnChangesList());
  request.setVersion(options.getVersion());
  request.setAliasurnsList([]);
  request.setAliasesList(options.getAliasesList());
  request.setProvider(options.getProvider());
  request.setCustomtimeouts(options.getCustomTimeouts());
  request.setPlugindownloadurl(options.getPluginDownloadUrl());
  request.clearRetainondelete();
  if (options.hasRetainOnDelete()) request.setRetainondelete(options.getRetainOnDelete() === true);
  request.setDeletedwith(options.getDeletedWith());
  request.setDeletebeforereplacedefined(options.hasDeleteBeforeReplace());
  request.setDeletebeforereplace(options.getDeleteBeforeReplace() === true);
  request.setAdditionalsecretoutputsList(options.getAdditionalSecretOutputsList());
  request.clearProvidersMap();
  copyMap(options.getProvidersMap(), request.getProvidersMap());
  request.clearPluginchecksumsMap();
  copyMap(options.getPluginChecksumsMap(), request.getPluginchecksumsMap());
  request.setHooks(options.getHooks());
  request.setImportid(options.getImport());
  request.setHidediffsList(options.getHideDiffList());
  request.setReplaceWithList(options.getReplaceWithList());
  request.setReplacementTrigger(options.getReplacementTrigger());
}

function aliasOfUrn(urn: string): Alias {
  const alias = new Alias();
  alias.setUrn(urn);
  return alias;
}

interface JspbMap<V> {
  forEach(visit: (value: V, key: string) => void): void;
  set(key: string, value: V): unknown;
}

function copyMap<V>(from: JspbMap<V>, to: JspbMap<V>): void {
  from.forEach((value, key) => to.set(key, value));
}
