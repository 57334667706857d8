import * as grpc from "@grpc/grpc-js";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";

/** The limit of Pulumi: a state or an asset may be large. */
const maxMessageBytes = 400 * 1024 * 1024;

export const channelOptions: grpc.ChannelOptions = {
  "grpc.max_receive_message_length": maxMessageBytes,
  "grpc.max_send_message_length": maxMessageBytes,
};

type Unary<Request, Response> = (
  call: grpc.ServerUnaryCall<Request, Response>,
) => Promise<Response>;

/** An async function as the handler of a unary call. */
export function unary<Request, Response>(
  serve: Unary<Request, Response>,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    // An error before the first await is also returned to the caller.
    new Promise<Response>((resolve) => resolve(serve(call))).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toStatus(error)),
    );
  };
}

export class RpcError extends Error {
  constructor(
    readonly code: grpc.status,
    message: string,
  ) {
    super(message);
    this.name = "RpcError";
  }
}

function toStatus(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  return { code: error instanceof RpcError ? error.code : grpc.status.UNKNOWN, details };
}

export interface RunningServer {
  address: string;
  close(): void;
}

/** Serves on a free port of the loopback interface. */
export async function serve(add: (server: grpc.Server) => void): Promise<RunningServer> {
  const server = new grpc.Server(channelOptions);
  add(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { address: `127.0.0.1:${port}`, close: () => server.forceShutdown() };
}

export function connect(address: string): grpc.Client {
  return new grpc.Client(address, grpc.credentials.createInsecure(), channelOptions);
}

export function call<Request, Response>(
  client: grpc.Client,
  method: grpc.MethodDefinition<Request, Response>,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      (error, response) => {
        if (error !== null) reject(error);
        else if (response === undefined) reject(new Error(`${method.path} answered nothing`));
        else resolve(response);
      },
    );
  });
}

export function isServiceError(error: unknown): error is grpc.ServiceError {
  return error instanceof Error && "code" in error && "metadata" in error;
}

/** What a provider attached to an error about a resource that exists but did not become ready. */
export function initFailure(error: grpc.ServiceError): ErrorResourceInitFailed | undefined {
  for (const value of error.metadata.get("grpc-status-details-bin")) {
    if (typeof value === "string") continue;
    for (const detail of Status.deserializeBinary(value).getDetailsList()) {
      if (detail.getTypeName() === "pulumirpc.ErrorResourceInitFailed") {
        return ErrorResourceInitFailed.deserializeBinary(detail.getValue_asU8());
      }
    }
  }
  return undefined;
}
