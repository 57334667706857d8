import { cloudStatus } from "../cloud/status";
import { assertLoopback } from "../process/loopback-guard";
import { CommandError, exitCodes } from "./exit";
import { pulumiLocal } from "../process/command";

/** What program, policy packs and providers find in their environment: the embedded cloud, never AWS.
 *  A set AWS_ENDPOINT_URL (a cloud that somebody else runs on this machine) comes first. */
export function cloudEnvironment(
  home: string,
  environment: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  const clean: NodeJS.ProcessEnv = {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("AWS_"))),
    // An SDK that finds no credentials must not look for a machine's role.
    AWS_EC2_METADATA_DISABLED: "true",
  };
  const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = environment;
  if (endpoint !== undefined && endpoint !== "") {
    assertLoopback(endpoint);
    if (AWS_ACCESS_KEY_ID === undefined) {
      throw new CommandError(
        "AWS_ENDPOINT_URL is set and AWS_ACCESS_KEY_ID is not; the embedded cloud takes a 12-digit account id.",
        exitCodes.authentication,
      );
    }
    return {
      ...clean,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: AWS_SECRET_ACCESS_KEY ?? "local",
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
