import type { Server } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/engine_pb";
import { unary } from "../process/grpc";
import type { Reporter } from "../steps/reporter";

const severities = {
  [rpc.LogSeverity.DEBUG]: "debug",
  [rpc.LogSeverity.INFO]: "info",
  [rpc.LogSeverity.WARNING]: "warning",
  [rpc.LogSeverity.ERROR]: "error",
} as const;

/** pulumirpc.Engine: receives the logs of program, policies and providers, and stores the URN
 *  of its stack. */
export class EngineServer {
  private rootUrn = "";

  constructor(private readonly reporter: Reporter) {}

  serve(server: Server): void {
    server.addService(EngineService, {
      log: unary<rpc.LogRequest, Empty>((call) => {
        const { request } = call;
        const severity = severities[request.getSeverity()];
        this.reporter.message(
          severity,
          request.getMessage(),
          request.getUrn(),
          request.getEphemeral(),
        );
        return Promise.resolve(new Empty());
      }),
      setRootResource: unary<rpc.SetRootResourceRequest, rpc.SetRootResourceResponse>((call) => {
        this.rootUrn = call.request.getUrn();
        return Promise.resolve(new rpc.SetRootResourceResponse());
      }),
      getRootResource: unary<rpc.GetRootResourceRequest, rpc.GetRootResourceResponse>(() => {
        const response = new rpc.GetRootResourceResponse();
        response.setUrn(this.rootUrn);
        return Promise.resolve(response);
      }),
    });
  }
}
