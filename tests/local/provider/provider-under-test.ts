import { serve } from "../../../local/engine/grpc";
import { type PropertyMap } from "../../../local/engine/property-value";
import { ProviderClient } from "../../../local/engine/provider-client";
import { Clients } from "../../../local/provider/clients";
import { ProviderServer } from "../../../local/provider/server";
import { embeddedCloud, type TestAccount } from "../../support/cloud";

export const region = "ap-northeast-1";

export interface ProviderUnderTest {
  /** Speaks to the provider over gRPC, as the engine does. */
  provider: ProviderClient;
  /** For what people do by hand, past the provider. */
  clients: Clients;
  account: TestAccount;
  close(): Promise<void>;
}

/** A configured provider in an account of its own. */
export async function startProvider(config: PropertyMap = {}): Promise<ProviderUnderTest> {
  const cloud = await embeddedCloud();
  process.env.AWS_ENDPOINT_URL = cloud.endpoint;
  const account = cloud.account();
  const server = new ProviderServer();
  const running = await serve((grpcServer) => server.addTo(grpcServer));
  const provider = new ProviderClient(running.address);
  await provider.handshake("");
  await provider.configure({
    urn: "urn:pulumi:dev::files::pulumi:providers:aws::default",
    id: "provider",
    inputs: {
      region,
      accessKey: account.accessKeyId,
      secretKey: account.secretAccessKey,
      ...config,
    },
  });
  const clients = new Clients(account.clientConfig(region));
  return {
    provider,
    clients,
    account,
    close: async () => {
      await provider.close();
      clients.destroy();
      server.close();
      running.close();
    },
  };
}
