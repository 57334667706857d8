import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { clientConfig, type Scope } from "./scope";

/** Puts the connection string where the program expects it: an SSM SecureString. */
export async function putDatabaseUrl(
  scope: Scope,
  parameterName: string,
  databaseUrl: string,
): Promise<void> {
  const ssm = new SSMClient(clientConfig(scope));
  try {
    await ssm.send(
      new PutParameterCommand({
        Name: parameterName,
        Value: databaseUrl,
        Type: "SecureString",
        Overwrite: true,
      }),
    );
  } finally {
    ssm.destroy();
  }
}
