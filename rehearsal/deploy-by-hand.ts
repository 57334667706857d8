import {
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionUpdatedV2,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { zipSync, strToU8 } from "fflate";
import type { SystemOutputs } from "../contracts/stack-outputs";

/** Past all checks: the code of a function is replaced, and the alias moved, without Pulumi. Resolves to the version. */
export async function deployByHand(
  lambda: LambdaClient,
  target: SystemOutputs["functions"][string] | undefined,
  code: string,
): Promise<string> {
  const { name: FunctionName = "", alias: Name = "" } = target ?? {};
  await lambda.send(
    new UpdateFunctionCodeCommand({
      FunctionName,
      ZipFile: zipSync({ "index.js": strToU8(code) }),
    }),
  );
  await waitUntilFunctionUpdatedV2(
    { client: lambda, maxWaitTime: 60, minDelay: 1 },
    { FunctionName },
  );
  const { Version = "" } = await lambda.send(new PublishVersionCommand({ FunctionName }));
  await lambda.send(new UpdateAliasCommand({ FunctionName, Name, FunctionVersion: Version }));
  return Version;
}
