import { status, type Server } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import * as rpc from "@pulumi/pulumi/proto/resource_pb";
import { withAssetHashes } from "../values/asset-hash";
import type { DefaultProviders } from "../provider-client/default-providers";
import type { DeploymentRun } from "../decide/deployment-run";
import type { Goal } from "../state/goal";
import { RpcError, unary } from "../process/grpc";
import type { HookRegistry } from "../steps/hooks/hook-registry";
import {
  assertTypeToken,
  goalOf,
  inherit,
  namePropertyDependencies,
  providerRequestOf,
  readGoalOf,
} from "./monitor-goals";
import { Invokes } from "./monitor-invokes";
import { containsUnknowns } from "../values/property-operations";
import type { PropertyMap } from "../values/property-value";
import { ProviderChoice } from "../provider-client/provider-choice";
import type { ProviderRegistry } from "../provider-client/provider-registry";
import { assertOptionsSupported } from "./refused-options";
import { CallbackClients } from "../steps/hooks/callback-clients";
import { InvokeTransforms } from "./transforms/invoke-transforms";
import { ResourceTransforms } from "./transforms/resource-transforms";
import { isProviderType } from "../values/urn";
import { fromWire, toWire } from "../values/wire-values";

/** The supported features. If a feature is missing here (parameterized packages), the SDK refuses it
 *  with its own error message. */
const features = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "deletedWith",
  "replaceWith",
  "replacementTrigger",
  "transforms",
  "invokeTransforms",
  "resourceHooks",
  "errorHooks",
]);

/** pulumirpc.ResourceMonitor: where the program registers its resources. */
export class ResourceMonitor {
  private readonly goals = new Map<string, Goal>();
  private readonly choice = new ProviderChoice();
  private readonly callbacks = new CallbackClients();
  private readonly transforms = new ResourceTransforms(this.callbacks);
  private readonly invokeTransforms = new InvokeTransforms(this.callbacks);
  private readonly invokes: Invokes;
  private endProgram: () => void = () => undefined;
  /** The program has registered everything; it may still be running. */
  readonly programEnded = new Promise<void>((resolve) => (this.endProgram = resolve));

  constructor(
    private readonly options: {
      run: DeploymentRun;
      providers: ProviderRegistry;
      defaults: DefaultProviders;
      directory: string;
      dryRun: boolean;
      hooks: HookRegistry;
      /** Resolves when the operation has ended. Until then the program waits. */
      finished: Promise<void>;
    },
  ) {
    const { choice, invokeTransforms: transforms } = this;
    this.invokes = new Invokes({ ...options, choice, transforms });
  }

  serve(server: Server): void {
    server.addService(ResourceMonitorService, {
      supportsFeature: unary<rpc.SupportsFeatureRequest, rpc.SupportsFeatureResponse>((call) => {
        const response = new rpc.SupportsFeatureResponse();
        response.setHassupport(features.has(call.request.getId()));
        return Promise.resolve(response);
      }),
      registerResource: unary<rpc.RegisterResourceRequest, rpc.RegisterResourceResponse>((call) =>
        this.registerResource(call.request),
      ),
      registerResourceOutputs: unary<rpc.RegisterResourceOutputsRequest, Empty>((call) =>
        this.registerOutputs(call.request),
      ),
      readResource: unary<rpc.ReadResourceRequest, rpc.ReadResourceResponse>((call) =>
        this.readResource(call.request),
      ),
      invoke: unary<rpc.ResourceInvokeRequest, rpc.ResourceInvokeResponse>((call) =>
        this.invokes.run(call.request),
      ),
      registerStackTransform: unary<Callback, Empty>((call) => {
        this.transforms.addToStack(call.request);
        return Promise.resolve(new Empty());
      }),
      registerStackInvokeTransform: unary<Callback, Empty>((call) => {
        this.invokeTransforms.addToStack(call.request);
        return Promise.resolve(new Empty());
      }),
      registerResourceHook: unary<rpc.RegisterResourceHookRequest, Empty>((call) => {
        this.options.hooks.register(call.request, this.callbacks);
        return Promise.resolve(new Empty());
      }),
      registerErrorHook: unary<rpc.RegisterErrorHookRequest, Empty>((call) => {
        this.options.hooks.registerErrorHook(call.request, this.callbacks);
        return Promise.resolve(new Empty());
      }),
      signalAndWaitForShutdown: unary<Empty, Empty>(async () => {
        this.endProgram();
        await this.options.finished;
        return new Empty();
      }),
    });
  }

  close(): void {
    this.callbacks.close();
  }

  private async registerResource(
    request: rpc.RegisterResourceRequest,
  ): Promise<rpc.RegisterResourceResponse> {
    const type = request.getType();
    const custom = request.getCustom();
    if (request.getRemote()) {
      throw new RpcError(
        status.UNIMPLEMENTED,
        `${type} is a component of another package, which the embedded engine cannot construct`,
      );
    }
    if (custom) assertTypeToken(type);
    const parent = this.goals.get(request.getParent());
    if (parent !== undefined) inherit(request, parent);
    const hasProvider = custom && !isProviderType(type);
    if (hasProvider) request.setProvider(this.choice.forResource(request, parent));
    namePropertyDependencies(request);
    await this.transforms.apply(request, this.parentsOf(request));
    assertOptionsSupported(request);
    const provider = hasProvider ? request.getProvider() || (await this.defaultFor(request)) : "";
    const goal = await goalOf(request, provider, this.options.directory);
    const { state, unknown } = await this.options.run.register(goal);
    this.goals.set(state.urn, goal);
    this.transforms.remember(state.urn, request.getTransformsList());
    if (!custom) this.choice.handDown(state.urn, request);
    // The outputs of a component are those of the last run. They may refer to resources that are not registered yet.
    const outputs = custom ? (state.outputs ?? {}) : {};
    const response = new rpc.RegisterResourceResponse();
    response.setUrn(state.urn);
    response.setId(state.id);
    response.setObject(
      toWire(request.getSupportspartialvalues() ? outputs : withoutUnknowns(outputs), {
        unknowns: true,
        secrets: request.getAcceptsecrets(),
        resources: request.getAcceptresources(),
      }),
    );
    response.setResult(rpc.Result.SUCCESS);
    response.setUnknown(unknown);
    return response;
  }

  private async registerOutputs(request: rpc.RegisterResourceOutputsRequest): Promise<Empty> {
    const outputs = await withAssetHashes(fromWire(request.getOutputs()), this.options.directory);
    await this.options.run.registerOutputs(request.getUrn(), outputs);
    return new Empty();
  }

  private async readResource(request: rpc.ReadResourceRequest): Promise<rpc.ReadResourceResponse> {
    assertTypeToken(request.getType());
    const provider =
      request.getProvider() ||
      (await this.options.defaults.reference(providerRequestOf(request.getType(), request)));
    const goal = readGoalOf(request, provider, this.options.directory);
    const { state } = await this.options.run.read(goal);
    const response = new rpc.ReadResourceResponse();
    response.setUrn(state.urn);
    response.setProperties(
      toWire(state.outputs ?? {}, {
        unknowns: true,
        secrets: request.getAcceptsecrets(),
        resources: request.getAcceptresources(),
      }),
    );
    return response;
  }

  private defaultFor(request: rpc.RegisterResourceRequest): Promise<string> {
    return this.options.defaults.reference(providerRequestOf(request.getType(), request));
  }

  /** The innermost first. */
  private parentsOf(request: rpc.RegisterResourceRequest): string[] {
    const urns: string[] = [];
    let urn = request.getParent();
    while (urn !== "") {
      urns.push(urn);
      urn = this.goals.get(urn)?.parent ?? "";
    }
    return urns;
  }
}

function withoutUnknowns(outputs: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(outputs).filter(([, value]) => !containsUnknowns(value)),
  );
}
