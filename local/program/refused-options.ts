import { status } from "@grpc/grpc-js";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { RpcError } from "../process/grpc";

/** Refuses options that this engine does not support. A program or one of its transforms may have
 *  set them without checking `supportsFeature` first. */
export function assertOptionsSupported(request: RegisterResourceRequest): void {
  const isGiven = {
    stateMigrations: request.getStateMigrationsList().length > 0,
    envVarMappings: request.getEnvvarmappingsMap().getLength() > 0,
  };
  const refused = Object.entries(isGiven).flatMap(([option, given]) => (given ? [option] : []));
  if (refused.length === 0) return;
  throw new RpcError(
    status.UNIMPLEMENTED,
    `${request.getName()} [${request.getType()}] is registered with ${refused.join(", ")}, which the embedded ` +
      "engine does not know. Operate this stack with the Pulumi CLI.",
  );
}
