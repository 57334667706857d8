import { S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { exitCodes } from "../../contracts/exit-codes";
import { isLoopback } from "../../contracts/loopback";
import { OpsError } from "../cli/fault";
import { pulumi } from "./pulumi-command";

/** What the AWS SDK's clients are created with. */
export interface Access {
  region: string;
  endpoint?: string;
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}

/** AWS with the credentials that the SDK finds by itself, or the embedded cloud. */
export async function accessTo(local: boolean): Promise<Omit<Access, "region">> {
  if (!local) return {};
  const {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY,
    AWS_SESSION_TOKEN,
  } = process.env;
  const cloud =
    endpoint === undefined || endpoint === ""
      ? await runningCloud()
      : {
          endpoint,
          accessKeyId: AWS_ACCESS_KEY_ID ?? "",
          secretAccessKey: AWS_SECRET_ACCESS_KEY ?? "local",
          sessionToken: AWS_SESSION_TOKEN,
        };
  if (!isLoopback(new URL(cloud.endpoint))) {
    throw new OpsError(
      `The endpoint ${cloud.endpoint} is not on this machine, but --local was passed. Unset AWS_ENDPOINT_URL.`,
      exitCodes.configuration,
    );
  }
  const { accessKeyId, secretAccessKey, sessionToken } = cloud;
  return { endpoint: cloud.endpoint, credentials: { accessKeyId, secretAccessKey, sessionToken } };
}

/** With the bucket in the path: a bucket is no host name of the embedded cloud. */
export const s3For = (access: Access): S3Client =>
  new S3Client({ ...access, forcePathStyle: access.endpoint !== undefined });

/** Who runs this command. */
export async function callerOf(access: Access): Promise<{ arn: string; accountId: string }> {
  const { Arn: arn = "unknown", Account: accountId = "" } = await new STSClient(access).send(
    new GetCallerIdentityCommand({}),
  );
  return { arn, accountId };
}

interface CloudStatus {
  running: boolean;
  endpoint: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

async function runningCloud(): Promise<CloudStatus> {
  const status = JSON.parse(
    await pulumi(["cloud", "status", "--json"], { local: true }),
  ) as CloudStatus;
  if (status.running) return status;
  throw new OpsError(
    "The embedded cloud is not running. Start it with `npx pulumi-local cloud start`.",
  );
}
