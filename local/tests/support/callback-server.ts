import * as grpc from "@grpc/grpc-js";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { CallbacksService } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { Callback, CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import type { CallbackInvokeRequest } from "@pulumi/pulumi/proto/callback_pb";
import * as rpc from "@pulumi/pulumi/proto/resource_pb";

export type Properties = Record<string, unknown>;
type Work = (argument: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** The arguments of a hook as in the protocol. Undefined: not sent. */
export interface HookCall {
  urn: string;
  id: string;
  name: string;
  type: string;
  newInputs: Properties | undefined;
  oldInputs: Properties | undefined;
  newOutputs?: Properties | undefined;
  oldOutputs: Properties | undefined;
  failedOperation?: string;
  errors?: string[];
}

/** Functions of a program as the engine calls them: pulumirpc.Callbacks, without a language in between. */
export class CallbackServer {
  private readonly functions = new Map<string, Work>();

  private constructor(
    private readonly server: grpc.Server,
    private readonly target: string,
  ) {}

  static async start(): Promise<CallbackServer> {
    const server = new grpc.Server();
    const port = await new Promise<number>((resolve, reject) => {
      const credentials = grpc.ServerCredentials.createInsecure();
      server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      );
    });
    const started = new CallbackServer(server, `127.0.0.1:${port}`);
    const invoke: grpc.handleUnaryCall<CallbackInvokeRequest, CallbackInvokeResponse> = (
      { request },
      answer,
    ) => {
      started.call(request).then(
        (bytes) => {
          const response = new CallbackInvokeResponse();
          response.setResponse(bytes);
          answer(null, response);
        },
        (error: Error) => answer({ code: grpc.status.UNKNOWN, details: error.message }),
      );
    };
    server.addService(CallbacksService, { invoke });
    return started;
  }

  stop(): void {
    this.server.forceShutdown();
  }

  /** A transform of resources that gets and answers the inputs as they are on the wire. */
  transform(
    change: (inputs: Properties, options: rpc.TransformResourceOptions) => Properties | undefined,
  ): Callback {
    return this.register((argument) => {
      const request = rpc.TransformRequest.deserializeBinary(argument);
      const options = request.getOptions() ?? new rpc.TransformResourceOptions();
      const response = new rpc.TransformResponse();
      const changed = change(plain(request.getProperties()), options);
      if (changed !== undefined) response.setProperties(struct(changed));
      response.setOptions(options);
      return response.serializeBinary();
    });
  }

  invokeTransform(
    change: (args: Properties, options: rpc.TransformInvokeOptions) => Properties,
  ): Callback {
    return this.register((argument) => {
      const request = rpc.TransformInvokeRequest.deserializeBinary(argument);
      const options = request.getOptions() ?? new rpc.TransformInvokeOptions();
      const response = new rpc.TransformInvokeResponse();
      response.setArgs(struct(change(plain(request.getArgs()), options)));
      response.setOptions(options);
      return response.serializeBinary();
    });
  }

  /** A resource hook; what it answers or throws is its error. */
  hook(run: (call: HookCall) => string | Promise<string | undefined> | undefined): Callback {
    return this.register(async (argument) => {
      const request = rpc.ResourceHookRequest.deserializeBinary(argument);
      const newOutputs = request.getNewOutputs()?.toJavaScript();
      const response = new rpc.ResourceHookResponse();
      response.setError((await run({ ...told(request), newOutputs })) ?? "");
      return response.serializeBinary();
    });
  }

  /** An error hook: whether to try again, or its own error. */
  errorHook(run: (call: HookCall) => boolean | string): Callback {
    return this.register((argument) => {
      const request = rpc.ErrorHookRequest.deserializeBinary(argument);
      const failure = {
        failedOperation: request.getFailedOperation(),
        errors: request.getErrorsList(),
      };
      const answer = run({ ...told(request), ...failure });
      const response = new rpc.ErrorHookResponse();
      if (typeof answer === "string") response.setError(answer);
      else response.setRetry(answer);
      return response.serializeBinary();
    });
  }

  private register(work: Work): Callback {
    const callback = new Callback();
    callback.setTarget(this.target);
    callback.setToken(`function ${this.functions.size}`);
    this.functions.set(callback.getToken(), work);
    return callback;
  }

  private async call(request: CallbackInvokeRequest): Promise<Uint8Array> {
    const work = this.functions.get(request.getToken());
    if (work === undefined) throw new Error(`callback not found: ${request.getToken()}`);
    return work(request.getRequest_asU8());
  }
}

function told(request: rpc.ResourceHookRequest | rpc.ErrorHookRequest): HookCall {
  return {
    urn: request.getUrn(),
    id: request.getId(),
    name: request.getName(),
    type: request.getType(),
    newInputs: request.getNewInputs()?.toJavaScript(),
    oldInputs: request.getOldInputs()?.toJavaScript(),
    oldOutputs: request.getOldOutputs()?.toJavaScript(),
  };
}

function plain(value: Struct | undefined): Properties {
  return value?.toJavaScript() ?? {};
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}
