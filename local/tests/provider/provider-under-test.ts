import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogSeverity, type LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { serve, unary } from "../../process/grpc";
import { type PropertyMap } from "../../values/property-value";
import { ProviderClient } from "../../provider-client/provider-client";
import { type Clients, connect } from "../../provider/clients";
import { ProviderServer } from "../../provider/server";
import { embeddedCloud, type TestAccount } from "../../../tests/support/cloud";

export const region = "ap-northeast-1";

export interface ProviderUnderTest {
  /** Calls the provider over gRPC, as the engine does. */
  provider: ProviderClient;
  /** For manual changes without the provider. */
  clients: Clients;
  account: TestAccount;
  /** The messages of the provider to its engine. */
  warnings: string[];
  close(): Promise<void>;
}

/** A configured provider in an account of its own. */
export async function startProvider(
  config: PropertyMap = {},
  endpoint?: string,
): Promise<ProviderUnderTest> {
  const cloud = await embeddedCloud();
  process.env.AWS_ENDPOINT_URL = endpoint ?? cloud.endpoint;
  const account = cloud.account();
  const server = new ProviderServer();
  const running = await serve((grpcServer) => server.addTo(grpcServer));
  const warnings: string[] = [];
  const engine = await serve((grpcServer) =>
    grpcServer.addService(EngineService, {
      log: unary((call: { request: LogRequest }) => {
        const { request } = call;
        if (request.getSeverity() === LogSeverity.WARNING) warnings.push(request.getMessage());
        return Promise.resolve(new Empty());
      }),
    }),
  );
  const provider = new ProviderClient(running.address);
  const close = async () => {
    await provider.close();
    clients.destroy();
    server.close();
    running.close();
    engine.close();
  };
  const clients = connect(account.clientConfig(region));
  await provider.handshake(engine.address);
  await provider
    .configure({
      urn: "urn:pulumi:dev::files::pulumi:providers:aws::default",
      id: "provider",
      inputs: {
        region,
        accessKey: account.accessKeyId,
        secretKey: account.secretAccessKey,
        ...config,
      },
    })
    .catch(async (error: unknown) => {
      await close();
      throw error;
    });
  return { provider, clients, account, warnings, close };
}
