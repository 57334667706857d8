import { status, type Server } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/resource_pb";
import { CheckFailure } from "@pulumi/pulumi/proto/provider_pb";
import { withAssetHashes } from "./asset-hash";
import type { DefaultProviders } from "./default-providers";
import type { DeploymentRun } from "./deployment-run";
import type { Goal } from "./goal";
import { RpcError, unary } from "./grpc";
import { assertTypeToken, goalOf, inherit, providerRequestOf, readGoalOf } from "./monitor-goals";
import { containsUnknowns } from "./property-values";
import type { PropertyMap } from "./property-value";
import type { ProviderRegistry } from "./provider-registry";
import { isProviderType, packageOf } from "./urn";
import { fromWire, toWire } from "./wire-values";

/** What the program may count on. What is not here (transforms, hooks, parameterized packages), the SDK refuses
 *  to the program in its own words. */
const features = new Set([
  "secrets",
  "resourceReferences",
  "outputValues",
  "aliasSpecs",
  "deletedWith",
]);

/** pulumirpc.ResourceMonitor: where the program registers its resources. */
export class ResourceMonitor {
  private readonly goals = new Map<string, Goal>();
  /** Providers that a component hands down, by package. */
  private readonly componentProviders = new Map<string, Map<string, string>>();
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
      /** Resolves when the operation is over: until then the program is kept waiting. */
      finished: Promise<void>;
    },
  ) {}

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
        this.invoke(call.request),
      ),
      signalAndWaitForShutdown: unary<Empty, Empty>(async () => {
        this.endProgram();
        await this.options.finished;
        return new Empty();
      }),
    });
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
    const provider = custom && !isProviderType(type) ? await this.providerOf(request, parent) : "";
    const handedDown = this.providersOf(request);
    const goal = await goalOf(request, provider, this.options.directory);
    const { state, unknown } = await this.options.run.register(goal);
    this.goals.set(state.urn, goal);
    if (!custom) this.componentProviders.set(state.urn, handedDown);
    // The outputs of a component are those of the last run: they may refer to what is not registered yet.
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

  private async invoke(request: rpc.ResourceInvokeRequest): Promise<rpc.ResourceInvokeResponse> {
    const token = request.getTok();
    const reference =
      request.getProvider() ||
      this.handedDown(request.getParent(), packageOf(token)) ||
      (await this.options.defaults.reference(providerRequestOf(token, request)));
    const provider = this.options.providers.get(reference);
    if (provider === undefined) throw new Error(`unknown provider '${reference}' for ${token}`);
    const inputs = fromWire(request.getArgs());
    const answer = await provider
      .invoke({ token, inputs, preview: this.options.dryRun })
      .catch((error: Error) => {
        throw new Error(`invocation of ${token} returned an error: ${error.message}`);
      });
    const response = new rpc.ResourceInvokeResponse();
    response.setReturn(
      toWire(answer.outputs, {
        unknowns: true,
        secrets: true,
        resources: request.getAcceptresources() || token === "pulumi:pulumi:getResource",
      }),
    );
    response.setFailuresList(
      answer.failures.map(({ property, reason }) => {
        const failure = new CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        return failure;
      }),
    );
    return response;
  }

  private async providerOf(
    request: rpc.RegisterResourceRequest,
    parent: Goal | undefined,
  ): Promise<string> {
    const name = packageOf(request.getType());
    const inherited = parent?.provider ?? "";
    return (
      request.getProvider() ||
      (inherited.includes(`pulumi:providers:${name}::`) ? inherited : "") ||
      (request.getProvidersMap().get(name) ?? "") ||
      this.handedDown(request.getParent(), name) ||
      this.options.defaults.reference(providerRequestOf(request.getType(), request))
    );
  }

  private handedDown(parent: string, packageName: string): string {
    return this.componentProviders.get(parent)?.get(packageName) ?? "";
  }

  /** A component hands on what it was given, and what its parent hands down. */
  private providersOf(request: rpc.RegisterResourceRequest): Map<string, string> {
    const providers = new Map(this.componentProviders.get(request.getParent()) ?? []);
    request.getProvidersMap().forEach((reference, name) => providers.set(name, reference));
    return providers;
  }
}

function withoutUnknowns(outputs: PropertyMap): PropertyMap {
  return Object.fromEntries(
    Object.entries(outputs).filter(([, value]) => !containsUnknowns(value)),
  );
}
