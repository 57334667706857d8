import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { RpcError } from "../process/grpc";
import type { PropertyMap } from "../values/property-value";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { IncompleteResourceError, messageOf } from "./failures";

/** An error that contains the existing resource, so that the engine keeps it in the state. */
class InitFailure extends Error {
  constructor(readonly details: ErrorResourceInitFailed) {
    super(details.getReasonsList().join("\n"));
    this.name = "InitFailure";
  }
}

/** Converts an incomplete resource to the error of the protocol. Secrets are marked. */
export const rethrowMarked =
  (mark: (properties: PropertyMap) => Struct) =>
  (error: unknown): never => {
    if (!(error instanceof IncompleteResourceError)) throw error;
    const details = new ErrorResourceInitFailed();
    details.setId(error.id);
    details.setProperties(mark(error.state));
    details.setInputs(mark(error.inputs));
    details.setReasonsList([error.reason]);
    throw new InitFailure(details);
  };

/** As `unary`, for calls that AWS may refuse, and whose error may carry a resource. */
export const withInitFailure =
  <Request, Response>(
    serve: (request: Request) => Promise<Response>,
  ): grpc.handleUnaryCall<Request, Response> =>
  (call, callback) => {
    serve(call.request).then(
      (response) => callback(null, response),
      (error: unknown) => callback(toStatus(error)),
    );
  };

function toStatus(error: unknown): Partial<grpc.StatusObject> {
  if (!(error instanceof InitFailure)) {
    const code = error instanceof RpcError ? error.code : grpc.status.UNKNOWN;
    return { code, details: messageOf(error) };
  }
  const detail = new Any();
  detail.pack(error.details.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const status = new Status();
  status.setCode(grpc.status.UNKNOWN);
  status.setMessage(error.message);
  status.addDetails(detail);
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return { code: grpc.status.UNKNOWN, details: error.message, metadata };
}
