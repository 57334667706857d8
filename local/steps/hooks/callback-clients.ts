import type { Client } from "@grpc/grpc-js";
import { CallbacksService } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest, type Callback } from "@pulumi/pulumi/proto/callback_pb";
import { call, connect, isServiceError, RpcError } from "../../process/grpc";

/** Calls functions of the program. Its SDK serves them on a separate address, each with a token. */
export class CallbackClients {
  private readonly clients = new Map<string, Client>();

  /** Returns the result of the function. If it throws, the error message begins with `what`. */
  async invoke(callback: Callback, argument: Uint8Array, what: string): Promise<Uint8Array> {
    const request = new CallbackInvokeRequest();
    request.setToken(callback.getToken());
    request.setRequest(argument);
    const client = this.clientOf(callback.getTarget());
    try {
      return (await call(client, CallbacksService.invoke, request)).getResponse_asU8();
    } catch (error) {
      throw isServiceError(error) ? new RpcError(error.code, `${what}: ${error.details}`) : error;
    }
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  private clientOf(target: string): Client {
    const existing = this.clients.get(target);
    if (existing !== undefined) return existing;
    const client = connect(target);
    this.clients.set(target, client);
    return client;
  }
}
