import { cloudStatus } from "../cloud/status";
import type { Session } from "./session";
import { lazy } from "./lazy";

/** A configuration key of this name holds the name of an SSM SecureString with a connection string. */
const key = "databaseUrlParameter";

/** On AWS an operator puts the connection string there by hand; here the database is ours, so the
 *  program finds it before its first machine looks. A cloud that somebody else runs is left alone. */
export async function putDatabaseUrl({ config, workspace }: Session): Promise<void> {
  const parameter = config.values[`${workspace.project.name}:${key}`];
  const region = config.values["aws:region"];
  const cloud = cloudStatus(workspace.home);
  const isOurs = cloud.running && process.env.AWS_ENDPOINT_URL === undefined;
  if (parameter === undefined || region === undefined || !isOurs) return;
  await lazy.database().putDatabaseUrl({ ...cloud, region }, parameter, cloud.databaseUrl);
}
