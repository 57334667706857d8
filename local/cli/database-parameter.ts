import { clientConfig } from "../cloud/scope";
import { cloudStatus } from "../cloud/status";
import type { Session } from "./session";

/** A configuration key of this name holds the name of an SSM SecureString with a connection string. */
const key = "databaseUrlParameter";

/** On AWS an operator stores the connection string by hand. Here the embedded database is used, so it is stored
 *  before the first machine reads it. Nothing is stored in a cloud that this command did not start. */
export async function putDatabaseUrl({ config, workspace }: Session): Promise<void> {
  const parameter = config.values[`${workspace.project.name}:${key}`];
  const region = config.values["aws:region"];
  const cloud = cloudStatus(workspace.home);
  const isOurs =
    cloud.running && (process.env.AWS_ENDPOINT_URL ?? cloud.endpoint) === cloud.endpoint;
  if (parameter === undefined || region === undefined || !isOurs) return;
  const { PutParameterCommand, SSMClient } = await import("@aws-sdk/client-ssm");
  const ssm = new SSMClient(clientConfig({ ...cloud, region }));
  try {
    await ssm.send(
      new PutParameterCommand({
        Name: parameter,
        Value: cloud.databaseUrl,
        Type: "SecureString",
        Overwrite: true,
      }),
    );
  } finally {
    ssm.destroy();
  }
}
