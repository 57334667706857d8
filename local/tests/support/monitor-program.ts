import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, Value, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { ResourceMonitorService as monitor } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/resource_pb";
import type { ProgramHost } from "../../program/program-host";

type Properties = Record<string, unknown>;

export interface ResourceOptions {
  inputs?: Properties;
  parent?: string;
  provider?: string;
  providers?: Record<string, string>;
  version?: string;
  protect?: boolean;
  dependsOn?: string[];
  propertyDependencies?: Record<string, string[]>;
  deleteBeforeReplace?: boolean;
  ignoreChanges?: string[];
  replaceOnChanges?: string[];
  additionalSecretOutputs?: string[];
  aliases?: (string | { name?: string; type?: string; parent?: string; noParent?: boolean })[];
  importId?: string;
  retainOnDelete?: boolean;
  deletedWith?: string;
  replaceWith?: string[];
  replacementTrigger?: unknown;
  envVarMappings?: Record<string, string>;
  timeouts?: { create?: string; update?: string; delete?: string };
  transforms?: Callback[];
  hooks?: HookBindings;
}

/** Names of hooks, by the SDK's word for when they run. */
type HookBindings = Partial<rpc.RegisterResourceRequest.ResourceHooksBinding.AsObject>;

export interface Resource {
  urn: string;
  id: string;
  outputs: Properties;
}

/** A program as the engine sees it: calls on pulumirpc.ResourceMonitor, without a language in between. */
export class Program {
  private readonly client: grpc.Client;

  constructor(
    address: string,
    readonly dryRun: boolean,
    readonly signal: AbortSignal,
  ) {
    this.client = new grpc.Client(address, grpc.credentials.createInsecure());
  }

  /** The root of every real program. */
  stack(name = "shop-dev"): Promise<Resource> {
    return this.register("pulumi:pulumi:Stack", name, {}, false);
  }

  component(type: string, name: string, options: ResourceOptions = {}): Promise<Resource> {
    return this.register(type, name, options, false);
  }

  thing(name: string, inputs: Properties = {}, options: ResourceOptions = {}): Promise<Resource> {
    return this.register("box:index:Thing", name, { version: "1.2.3", ...options, inputs }, true);
  }

  provider(name: string, inputs: Properties): Promise<Resource> {
    const options = { version: "1.2.3", inputs };
    return this.register("pulumi:providers:box", name, options, true);
  }

  async register(
    type: string,
    name: string,
    options: ResourceOptions,
    custom: boolean,
  ): Promise<Resource> {
    const request = registerRequest(type, name, options, custom);
    const response = await this.call(monitor.registerResource, request);
    return {
      urn: response.getUrn(),
      id: response.getId(),
      outputs: response.getObject()?.toJavaScript() ?? {},
    };
  }

  async outputs(urn: string, outputs: Properties): Promise<void> {
    const request = new rpc.RegisterResourceOutputsRequest();
    request.setUrn(urn);
    request.setOutputs(struct(outputs));
    await this.call(monitor.registerResourceOutputs, request);
  }

  async read(name: string, id: string): Promise<Resource> {
    const request = new rpc.ReadResourceRequest();
    request.setType("box:index:Thing");
    request.setName(name);
    request.setId(id);
    request.setVersion("1.2.3");
    request.setProperties(struct({}));
    const response = await this.call(monitor.readResource, request);
    const outputs = response.getProperties()?.toJavaScript() ?? {};
    return { urn: response.getUrn(), id, outputs };
  }

  async invoke(token: string, args: Properties): Promise<Properties> {
    const request = new rpc.ResourceInvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    request.setAcceptresources(true);
    if (token.startsWith("box:")) request.setVersion("1.2.3");
    const response = await this.call(monitor.invoke, request);
    return response.getReturn()?.toJavaScript() ?? {};
  }

  async transformAll(transform: Callback): Promise<void> {
    await this.call(monitor.registerStackTransform, transform);
  }

  async transformInvokes(transform: Callback): Promise<void> {
    await this.call(monitor.registerStackInvokeTransform, transform);
  }

  async hook(
    name: string,
    callback: Callback,
    options: { onDryRun?: boolean; ignoreErrors?: boolean } = {},
  ): Promise<void> {
    const request = new rpc.RegisterResourceHookRequest();
    request.setName(name);
    request.setCallback(callback);
    request.setOnDryRun(options.onDryRun ?? false);
    request.setIgnoreErrors(options.ignoreErrors ?? false);
    await this.call(monitor.registerResourceHook, request);
  }

  /** For a transform to give. */
  hooks(hooks: HookBindings): rpc.RegisterResourceRequest.ResourceHooksBinding {
    return hookBinding(hooks);
  }

  async errorHook(name: string, callback: Callback): Promise<void> {
    const request = new rpc.RegisterErrorHookRequest();
    request.setName(name);
    request.setCallback(callback);
    await this.call(monitor.registerErrorHook, request);
  }

  async supports(feature: string): Promise<boolean> {
    const request = new rpc.SupportsFeatureRequest();
    request.setId(feature);
    return (await this.call(monitor.supportsFeature, request)).getHassupport();
  }

  async signalAndWaitForShutdown(): Promise<void> {
    await this.call(monitor.signalAndWaitForShutdown, new Empty());
  }

  close(): void {
    this.client.close();
  }

  private call<Request, Response>(
    method: grpc.MethodDefinition<Request, Response>,
    request: Request,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        (error, response) => (error === null ? resolve(response as Response) : reject(error)),
      );
    });
  }
}

export function programOf(body: (program: Program) => Promise<unknown>): ProgramHost {
  return {
    async run({ monitorAddress, dryRun, signal }) {
      const program = new Program(monitorAddress, dryRun, signal);
      try {
        await body(program);
      } finally {
        program.close();
      }
    },
  };
}

function registerRequest(type: string, name: string, options: ResourceOptions, custom: boolean) {
  const request = new rpc.RegisterResourceRequest();
  request.setType(type);
  request.setName(name);
  request.setCustom(custom);
  request.setParent(options.parent ?? "");
  request.setObject(struct(options.inputs ?? {}));
  request.setProvider(options.provider ?? "");
  request.setVersion(options.version ?? "");
  if (options.protect !== undefined) request.setProtect(options.protect);
  const dependencies = Object.values(options.propertyDependencies ?? {}).flat();
  request.setDependenciesList([...new Set([...(options.dependsOn ?? []), ...dependencies])]);
  for (const key of Object.keys(options.inputs ?? {})) {
    const urns = new rpc.RegisterResourceRequest.PropertyDependencies();
    urns.setUrnsList(options.propertyDependencies?.[key] ?? []);
    request.getPropertydependenciesMap().set(key, urns);
  }
  for (const [key, reference] of Object.entries(options.providers ?? {})) {
    request.getProvidersMap().set(key, reference);
  }
  if (options.deleteBeforeReplace !== undefined) {
    request.setDeletebeforereplace(options.deleteBeforeReplace);
    request.setDeletebeforereplacedefined(true);
  }
  request.setIgnorechangesList(options.ignoreChanges ?? []);
  request.setReplaceonchangesList(options.replaceOnChanges ?? []);
  request.setAdditionalsecretoutputsList(options.additionalSecretOutputs ?? []);
  request.setAliasesList((options.aliases ?? []).map(alias));
  request.setAliasspecs(true);
  request.setImportid(options.importId ?? "");
  if (options.retainOnDelete !== undefined) request.setRetainondelete(options.retainOnDelete);
  request.setDeletedwith(options.deletedWith ?? "");
  request.setReplaceWithList(options.replaceWith ?? []);
  if (options.replacementTrigger !== undefined) {
    request.setReplacementTrigger(
      Value.fromJavaScript(options.replacementTrigger as JavaScriptValue),
    );
  }
  for (const [from, to] of Object.entries(options.envVarMappings ?? {})) {
    request.getEnvvarmappingsMap().set(from, to);
  }
  request.setTransformsList(options.transforms ?? []);
  if (options.hooks !== undefined) request.setHooks(hookBinding(options.hooks));
  request.setAcceptsecrets(true);
  request.setAcceptresources(true);
  request.setSupportspartialvalues(true);
  if (options.timeouts !== undefined) {
    const timeouts = new rpc.RegisterResourceRequest.CustomTimeouts();
    timeouts.setCreate(options.timeouts.create ?? "");
    timeouts.setUpdate(options.timeouts.update ?? "");
    timeouts.setDelete(options.timeouts.delete ?? "");
    request.setCustomtimeouts(timeouts);
  }
  return request;
}

function hookBinding(hooks: HookBindings) {
  const binding = new rpc.RegisterResourceRequest.ResourceHooksBinding();
  binding.setBeforeCreateList(hooks.beforeCreateList ?? []);
  binding.setAfterCreateList(hooks.afterCreateList ?? []);
  binding.setBeforeUpdateList(hooks.beforeUpdateList ?? []);
  binding.setAfterUpdateList(hooks.afterUpdateList ?? []);
  binding.setBeforeDeleteList(hooks.beforeDeleteList ?? []);
  binding.setAfterDeleteList(hooks.afterDeleteList ?? []);
  binding.setOnErrorList(hooks.onErrorList ?? []);
  return binding;
}

function alias(given: NonNullable<ResourceOptions["aliases"]>[number]): Alias {
  const message = new Alias();
  if (typeof given === "string") {
    message.setUrn(given);
    return message;
  }
  const spec = new Alias.Spec();
  spec.setName(given.name ?? "");
  spec.setType(given.type ?? "");
  if (given.parent !== undefined) spec.setParenturn(given.parent);
  if (given.noParent === true) spec.setNoparent(true);
  message.setSpec(spec);
  return message;
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}
