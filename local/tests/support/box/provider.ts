import { status, type Metadata, type Server, type ServiceError } from "@grpc/grpc-js";
import * as grpc from "@grpc/grpc-js";
import { isDeepStrictEqual } from "node:util";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import type { Properties, World } from "./world";

/** Sent for a value that is not known yet; here as the protocol has it, not as the engine's code does. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Handler<Request, Response> = (request: Request) => Promise<Response>;

/** A provider for tests, over the real protocol. A `box:index:Thing` keeps its inputs and has an `arn`.
 *  Changing `place` replaces it; changing `unique` does so after deleting it; `broken` makes it exist without
 *  becoming ready; `forbidden` fails the check; `color` is "red" if nothing else is said. */
export function serveBox(server: Server, world: World): void {
  server.addService(ResourceProviderService, {
    getPluginInfo: unary<Empty, PluginInfo>(() => {
      const info = new PluginInfo();
      info.setVersion("1.2.3");
      return Promise.resolve(info);
    }),
    cancel: unary<Empty, Empty>(() => Promise.resolve(new Empty())),
    checkConfig: unary<rpc.CheckRequest, rpc.CheckResponse>((request) => {
      const response = new rpc.CheckResponse();
      response.setInputs(request.getNews());
      return Promise.resolve(response);
    }),
    diffConfig: unary<rpc.DiffRequest, rpc.DiffResponse>((request) => {
      const { changed } = compare(plain(request.getOldInputs()), plain(request.getNews()));
      const response = new rpc.DiffResponse();
      response.setChanges(changed.length === 0 ? 1 : 2);
      response.setReplacesList(changed.filter((key) => key === "region"));
      return Promise.resolve(response);
    }),
    configure: unary<rpc.ConfigureRequest, rpc.ConfigureResponse>((request) => {
      const properties = plain(request.getArgs());
      world.calls.push({ operation: "configure", name: "box", properties });
      const response = new rpc.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setSupportspreview(true);
      return Promise.resolve(response);
    }),
    check: unary<rpc.CheckRequest, rpc.CheckResponse>(async (request) => {
      const news = plain(request.getNews());
      return world.enter({ operation: "check", name: nameOf(request), properties: news }, () => {
        const response = new rpc.CheckResponse();
        const olds = plain(request.getOlds());
        response.setInputs(struct({ color: olds.color ?? "red", ...news }));
        if (news.forbidden !== undefined) {
          const failure = new rpc.CheckFailure();
          failure.setProperty("forbidden");
          failure.setReason("must not be given");
          response.setFailuresList([failure]);
        }
        return response;
      });
    }),
    diff: unary<rpc.DiffRequest, rpc.DiffResponse>(async (request) => {
      const news = plain(request.getNews());
      return world.enter({ operation: "diff", name: nameOf(request), properties: news }, () =>
        diff(plain(request.getOldInputs()), news, request.getIgnorechangesList()),
      );
    }),
    create: unary<rpc.CreateRequest, rpc.CreateResponse>(async (request) => {
      const inputs = plain(request.getProperties());
      const name = nameOf(request);
      const response = new rpc.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(struct({ ...inputs, arn: unknown }));
        return response;
      }
      return world.enter({ operation: "create", name, properties: inputs }, () => {
        const id = world.newId(name);
        world.put(id, inputs);
        if (inputs.broken === true) throw initFailure(id, outputs(id, inputs));
        response.setId(id);
        response.setProperties(struct(outputs(id, inputs)));
        return response;
      });
    }),
    read: unary<rpc.ReadRequest, rpc.ReadResponse>(async (request) => {
      const id = request.getId();
      const properties = plain(request.getProperties());
      return world.enter({ operation: "read", name: nameOf(request), properties }, () => {
        const response = new rpc.ReadResponse();
        const thing = world.get(id);
        if (thing === undefined) return response;
        response.setId(id);
        response.setInputs(struct(thing));
        response.setProperties(struct(outputs(id, thing)));
        return response;
      });
    }),
    update: unary<rpc.UpdateRequest, rpc.UpdateResponse>(async (request) => {
      const inputs = plain(request.getNews());
      const id = request.getId();
      const response = new rpc.UpdateResponse();
      if (request.getPreview()) {
        response.setProperties(struct(outputs(id, inputs)));
        return response;
      }
      return world.enter({ operation: "update", name: nameOf(request), properties: inputs }, () => {
        world.put(id, inputs);
        if (inputs.broken === true) throw initFailure(id, outputs(id, inputs));
        response.setProperties(struct(outputs(id, inputs)));
        return response;
      });
    }),
    delete: unary<rpc.DeleteRequest, Empty>(async (request) => {
      const properties = plain(request.getProperties());
      return world.enter({ operation: "delete", name: nameOf(request), properties }, () => {
        world.remove(request.getId());
        return new Empty();
      });
    }),
    invoke: unary<rpc.InvokeRequest, rpc.InvokeResponse>(async (request) => {
      const properties = plain(request.getArgs());
      return world.enter({ operation: "invoke", name: request.getTok(), properties }, () => {
        const response = new rpc.InvokeResponse();
        response.setReturn(struct({ echo: properties }));
        return response;
      });
    }),
  });
}

function outputs(id: string, inputs: Properties): Properties {
  return { ...inputs, arn: `arn:box:${id}` };
}

function diff(olds: Properties, news: Properties, ignored: string[]): rpc.DiffResponse {
  const { changed: all, kinds } = compare(olds, news);
  const changed = all.filter((key) => !ignored.includes(key));
  const replacing = changed.filter((key) => ["place", "unique"].includes(key));
  const response = new rpc.DiffResponse();
  response.setChanges(changed.length === 0 ? 1 : 2);
  response.setReplacesList(replacing);
  response.setDiffsList(changed);
  response.setDeletebeforereplace(replacing.includes("unique"));
  response.setHasdetaileddiff(true);
  for (const key of changed) {
    const detail = new rpc.PropertyDiff();
    const kind = kinds[key] ?? 4;
    detail.setKind(replacing.includes(key) ? kind + 1 : kind);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(key, detail);
  }
  return response;
}

function compare(olds: Properties, news: Properties) {
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
  const changed = keys.filter((key) => !isDeepStrictEqual(olds[key], news[key]));
  const kinds = Object.fromEntries(
    changed.map((key) => [key, !(key in olds) ? 0 : !(key in news) ? 2 : 4]),
  );
  return { changed, kinds };
}

function initFailure(id: string, live: Properties): Error & Partial<ServiceError> {
  const detail = new rpc.ErrorResourceInitFailed();
  detail.setId(id);
  detail.setProperties(struct(live));
  detail.setReasonsList(["it did not become ready"]);
  const any = new Any();
  any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const wrapped = new Status();
  wrapped.setCode(status.UNKNOWN);
  wrapped.setMessage("init failed");
  wrapped.addDetails(any);
  const metadata: Metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(wrapped.serializeBinary()));
  return Object.assign(new Error("init failed"), {
    code: status.UNKNOWN,
    details: "init failed",
    metadata,
  });
}

function nameOf(request: { getUrn(): string }): string {
  return request.getUrn().split("::").slice(3).join("::");
}

function plain(value: Struct | undefined): Properties {
  return value?.toJavaScript() ?? {};
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

function unary<Request, Response>(
  handler: Handler<Request, Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    handler(call.request).then(
      (response) => callback(null, response),
      (error: Error & Partial<ServiceError>) =>
        callback(
          error.code === undefined ? { code: status.UNKNOWN, details: error.message } : error,
        ),
    );
  };
}
