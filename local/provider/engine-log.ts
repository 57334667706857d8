import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import * as grpc from "@grpc/grpc-js";
import type { Logger } from "./provider";

/** Sends warnings and progress to the engine that started the provider, which shows them. */
export class EngineLog implements Logger {
  private client?: EngineClient;

  constructor(address: string | undefined) {
    if (address !== undefined) this.connect(address);
  }

  connect(address: string): void {
    if (address === "") return;
    this.client?.close();
    this.client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  warn(message: string, urn: string): void {
    this.send(LogSeverity.WARNING, message, urn, false);
  }

  progress(message: string, urn: string): void {
    this.send(LogSeverity.INFO, message, urn, true);
  }

  close(): void {
    this.client?.close();
  }

  private send(severity: LogSeverity, message: string, urn: string, ephemeral: boolean): void {
    const request = new LogRequest();
    request.setSeverity(severity);
    request.setMessage(message);
    request.setUrn(urn);
    request.setEphemeral(ephemeral);
    // A resource must not fail because of a lost log line. Without an engine the line is written to stderr.
    if (this.client === undefined) process.stderr.write(`${message}\n`);
    else this.client.log(request, () => undefined);
  }
}
