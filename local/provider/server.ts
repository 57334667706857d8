import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderService as service } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { RpcError, unary } from "../process/grpc";
import type { PropertyMap } from "../values/property-value";
import { fromWire, toWire } from "../values/wire-values";
import type { Fault } from "./check";
import { checkConfiguration, Configuration } from "./configuration";
import { EngineLog } from "./engine-log";
import { rethrowMarked, withInitFailure } from "./init-failure";
import { invoke } from "./invokes";
import { AwsProvider, type ResourceCall } from "./provider";
import type { Shape } from "./shape";
import { withoutSecrets, withSecrets } from "./meaning";

/** Version of the official provider whose semantics this one has. */
export const providerVersion = "7.48.0";

const wire = { unknowns: true, secrets: true, resources: true };

interface Named {
  getUrn(): string;
}

/** `urn:pulumi:stack::project::parent$type::name` */
function resourceCall(request: Named): ResourceCall {
  const urn = request.getUrn();
  const [, , qualifiedType = "", ...name] = urn.split("::");
  return {
    urn,
    type: qualifiedType.slice(qualifiedType.lastIndexOf("$") + 1),
    name: name.join("::"),
  };
}

/** pulumirpc.ResourceProvider over an `AwsProvider`; the one place that knows the protocol's messages. */
export class ProviderServer {
  private provider?: AwsProvider;
  private configuration?: Configuration;
  private readonly log: EngineLog;

  constructor(engineAddress?: string) {
    this.log = new EngineLog(engineAddress);
  }

  addTo(server: grpc.Server): void {
    server.addService(service, {
      handshake: unary((call: Call<rpc.ProviderHandshakeRequest>) => {
        this.log.connect(call.request.getEngineAddress());
        const response = new rpc.ProviderHandshakeResponse();
        response.setAcceptSecrets(true);
        response.setAcceptResources(true);
        return Promise.resolve(response);
      }),
      attach: unary((call: Call<{ getAddress(): string }>) => {
        this.log.connect(call.request.getAddress());
        return Promise.resolve(new Empty());
      }),
      getPluginInfo: unary(() => {
        const info = new PluginInfo();
        info.setVersion(providerVersion);
        return Promise.resolve(info);
      }),
      checkConfig: unary((call: Call<rpc.CheckRequest>) => {
        const { plain } = withoutSecrets(fromWire(call.request.getNews()));
        return Promise.resolve(
          checkResponse(fromWire(call.request.getNews()), checkConfiguration(plain)),
        );
      }),
      // A change of the provider's configuration never replaces its resources by itself: those whose
      // region changes say so in their own diff.
      diffConfig: unary(() => Promise.resolve(new rpc.DiffResponse())),
      configure: unary((call: Call<rpc.ConfigureRequest>) => this.configure(call.request)),
      check: unary((call: Call<rpc.CheckRequest>) => later(() => this.check(call.request))),
      diff: unary((call: Call<rpc.DiffRequest>) => later(() => this.diff(call.request))),
      create: withInitFailure((request: rpc.CreateRequest) => this.create(request)),
      read: withInitFailure((request: rpc.ReadRequest) => this.read(request)),
      update: withInitFailure((request: rpc.UpdateRequest) => this.update(request)),
      delete: withInitFailure((request: rpc.DeleteRequest) => this.delete(request)),
      invoke: withInitFailure((request: rpc.InvokeRequest) => this.invoke(request)),
      cancel: unary(() => {
        this.provider?.cancel();
        return Promise.resolve(new Empty());
      }),
    });
  }

  close(): void {
    this.provider?.destroy();
    this.log.close();
  }

  private configured(): AwsProvider {
    if (this.provider === undefined) {
      throw new RpcError(grpc.status.FAILED_PRECONDITION, "The provider is not configured yet");
    }
    return this.provider;
  }

  private async configure(request: rpc.ConfigureRequest): Promise<rpc.ConfigureResponse> {
    const args = withoutSecrets(fromWire(request.getArgs())).plain;
    const variables: PropertyMap = {};
    request.getVariablesMap().forEach((value, key) => {
      variables[key.slice(key.lastIndexOf(":") + 1)] = value;
    });
    const given = { ...variables, ...args };
    this.configuration = await Configuration.from(given);
    this.provider = new AwsProvider(this.configuration, this.log);
    const response = new rpc.ConfigureResponse();
    response.setAcceptsecrets(true);
    response.setSupportspreview(true);
    response.setAcceptresources(true);
    return response;
  }

  private check(request: rpc.CheckRequest): rpc.CheckResponse {
    const call = resourceCall(request);
    const provider = this.configured();
    const news = withoutSecrets(fromWire(request.getNews()));
    const olds = withoutSecrets(fromWire(request.getOlds()));
    const { inputs, failures } = provider.check(
      call,
      olds.plain,
      news.plain,
      request.getRandomseed_asU8(),
    );
    return checkResponse(withSecrets(inputs, news.secret, provider.shape(call.type)), failures);
  }

  private diff(request: rpc.DiffRequest): rpc.DiffResponse {
    const state = withoutSecrets(fromWire(request.getOlds())).plain;
    const news = withoutSecrets(fromWire(request.getNews())).plain;
    const { found, deleteBeforeReplace } = this.configured().diff(
      resourceCall(request),
      state,
      news,
      request.getIgnorechangesList(),
    );
    const response = new rpc.DiffResponse();
    const { DiffChanges } = rpc.DiffResponse;
    response.setChanges(found.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
    response.setDiffsList([...new Set(found.map(({ property }) => property))]);
    const replacing = found.filter(({ replaces }) => replaces);
    response.setReplacesList([...new Set(replacing.map(({ property }) => property))]);
    response.setDeletebeforereplace(replacing.length > 0 && deleteBeforeReplace);
    response.setHasdetaileddiff(true);
    for (const { path, kind, replaces } of found) {
      const detail = new rpc.PropertyDiff();
      detail.setKind(diffKinds[kind][replaces ? "replacing" : "inPlace"]);
      response.getDetaileddiffMap().set(path, detail);
    }
    return response;
  }

  private async create(request: rpc.CreateRequest): Promise<rpc.CreateResponse> {
    const call = resourceCall(request);
    const provider = this.configured();
    const inputs = withoutSecrets(fromWire(request.getProperties()));
    const marked = (state: PropertyMap) => mark(state, inputs.secret, provider.shape(call.type));
    const { id, state } = await provider
      .create(call, inputs.plain, request.getPreview())
      .catch(rethrowMarked(marked));
    const response = new rpc.CreateResponse();
    response.setId(id);
    response.setProperties(marked(state));
    return response;
  }

  private async read(request: rpc.ReadRequest): Promise<rpc.ReadResponse> {
    const call = resourceCall(request);
    const provider = this.configured();
    const state = withoutSecrets(fromWire(request.getProperties()));
    const inputs = withoutSecrets(fromWire(request.getInputs()));
    const found = await provider.read(call, request.getId(), inputs.plain, state.plain);
    const response = new rpc.ReadResponse();
    if (found === undefined) return response;
    const shape = provider.shape(call.type);
    response.setId(found.id);
    response.setProperties(mark(found.state, new Set([...state.secret, ...inputs.secret]), shape));
    response.setInputs(mark(found.inputs, inputs.secret, shape));
    return response;
  }

  private async update(request: rpc.UpdateRequest): Promise<rpc.UpdateResponse> {
    const call = resourceCall(request);
    const provider = this.configured();
    const news = withoutSecrets(fromWire(request.getNews()));
    const marked = (state: PropertyMap) => mark(state, news.secret, provider.shape(call.type));
    const state = await provider
      .update(
        call,
        request.getId(),
        withoutSecrets(fromWire(request.getOlds())).plain,
        news.plain,
        request.getIgnorechangesList(),
        request.getPreview(),
      )
      .catch(rethrowMarked(marked));
    const response = new rpc.UpdateResponse();
    response.setProperties(marked(state));
    return response;
  }

  private async delete(request: rpc.DeleteRequest): Promise<Empty> {
    const state = withoutSecrets(fromWire(request.getProperties())).plain;
    await this.configured().delete(resourceCall(request), request.getId(), state);
    return new Empty();
  }

  private async invoke(request: rpc.InvokeRequest): Promise<rpc.InvokeResponse> {
    this.configured();
    const args = withoutSecrets(fromWire(request.getArgs()));
    const response = new rpc.InvokeResponse();
    const { result, failures } = await invoke(
      request.getTok(),
      args.plain,
      this.configuration as Configuration,
    );
    response.setFailuresList(failures.map(checkFailure));
    response.setReturn(toWire(result, wire));
    return response;
  }
}

type Call<Request> = grpc.ServerUnaryCall<Request, unknown>;

/** What throws becomes a rejection, as the handlers expect it. */
const later = <T>(answer: () => T): Promise<T> => Promise.resolve().then(answer);

const { Kind } = rpc.PropertyDiff;
const diffKinds = {
  add: { inPlace: Kind.ADD, replacing: Kind.ADD_REPLACE },
  delete: { inPlace: Kind.DELETE, replacing: Kind.DELETE_REPLACE },
  update: { inPlace: Kind.UPDATE, replacing: Kind.UPDATE_REPLACE },
};

const mark = (properties: PropertyMap, secret: ReadonlySet<string>, shape: Shape) =>
  toWire(withSecrets(properties, secret, shape), wire);

function checkResponse(inputs: PropertyMap, failures: Fault[]): rpc.CheckResponse {
  const response = new rpc.CheckResponse();
  response.setInputs(toWire(inputs, wire));
  response.setFailuresList(failures.map(checkFailure));
  return response;
}

function checkFailure({ property, reason }: Fault): rpc.CheckFailure {
  const failure = new rpc.CheckFailure();
  failure.setProperty(property);
  failure.setReason(reason);
  return failure;
}
