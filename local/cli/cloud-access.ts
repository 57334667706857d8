import { cloudStatus } from "../cloud/status";
import { assertLoopback } from "../process/loopback-guard";
import { CommandError, exitCodes } from "./exit";
import { pulumiLocal } from "../process/command";

/** The environment variables of program, policy packs and providers. They name the embedded cloud, never AWS.
 *  If AWS_ENDPOINT_URL is set (another cloud on this machine), it is used instead. */
export function cloudEnvironment(
  home: string,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const clean: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("AWS_"))),
    // An SDK without credentials must not ask the metadata service for the role of the machine.
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN,
  } = environment;
  if (endpoint !== undefined && endpoint !== "") {
    assertLoopback(endpoint);
    if (AWS_ACCESS_KEY_ID === undefined) {
      throw new CommandError(
        "AWS_ENDPOINT_URL is set, but AWS_ACCESS_KEY_ID is not. Set AWS_ACCESS_KEY_ID to a 12-digit account id, or to the key of a role's session.",
        exitCodes.authentication,
      );
    }
    return {
      ...clean,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: AWS_SECRET_ACCESS_KEY ?? "local",
      ...(AWS_SESSION_TOKEN === undefined ? {} : { AWS_SESSION_TOKEN }),
    };
  }
  const status = cloudStatus(home);
  if (!status.running) {
    throw new CommandError(
      `The embedded cloud is not running. Start it with:\n\n  ${pulumiLocal()} cloud start\n`,
    );
  }
  assertLoopback(status.endpoint);
  return {
    ...clean,
    AWS_ENDPOINT_URL: status.endpoint,
    AWS_ACCESS_KEY_ID: status.accessKeyId,
    AWS_SECRET_ACCESS_KEY: status.secretAccessKey,
  };
}
