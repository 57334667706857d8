import { zipContent } from "../asset-content";
import { ifThere, ignoreGone } from "../gone";
import { resourceType, type ResourceContext } from "../resource-type";
import {
  asset,
  boolean,
  type Infer,
  list,
  number,
  output,
  regional,
  string,
  tagged,
} from "../shape";
import { waitUntil } from "../../process/wait";
import {
  configuration,
  configurationRequest,
  fromConfiguration,
  lambdaTags,
} from "./lambda-configuration";

const gone = ["ResourceNotFoundException"];

/** What the code is; a change of any of them uploads it again. */
const code = {
  code: asset(),
  s3Bucket: string(),
  s3Key: string(),
  s3ObjectVersion: string(),
  imageUri: string(),
  sourceCodeHash: string({ computed: true }),
  codeSha256: string({ computed: true }),
  architectures: list(string(), { computed: true }),
};

const shape = {
  ...regional,
  ...tagged,
  ...code,
  ...configuration,
  name: string({ replaces: true, computed: true }),
  packageType: string({ default: "Zip", replaces: true, oneOf: ["Zip", "Image"] }),
  publish: boolean({ default: false }),
  reservedConcurrentExecutions: number({ default: -1 }),
  skipDestroy: boolean({ default: false }),
  arn: output(string()),
  invokeArn: output(string()),
  lastModified: output(string()),
  qualifiedArn: output(string()),
  qualifiedInvokeArn: output(string()),
  responseStreamingInvokeArn: output(string()),
  signingJobArn: output(string()),
  signingProfileVersionArn: output(string()),
  sourceCodeSize: output(number()),
  version: output(string()),
};
type Inputs = Infer<typeof shape> & { tagsAll?: Record<string, string> };

export const lambdaFunction = resourceType({
  type: "aws:lambda/function:Function",
  shape,
  name: { property: "name", maxLength: 64 },
  check(inputs) {
    const faults: { property: string; reason: string }[] = [];
    const sources = ["code", "s3Bucket", "imageUri"].filter((key) => inputs[key] !== undefined);
    if (sources.length !== 1) {
      const reason = `${sources.length === 0 ? "none" : sources.join(" and ")} of code, s3Bucket, imageUri is given; give exactly one`;
      faults.push({ property: "code", reason });
    }
    if (inputs.packageType !== "Image") {
      for (const property of ["handler", "runtime"]) {
        if (inputs[property] === undefined) {
          faults.push({
            property,
            reason: `${property} is missing; a function of package type Zip needs it`,
          });
        }
      }
    }
    return faults;
  },
  async create(inputs, context) {
    const { clients, created } = context;
    const FunctionName = inputs.name ?? "";
    await clients.lambda.createFunction({
      ...configurationRequest(inputs),
      FunctionName,
      PackageType: inputs.packageType as "Zip",
      Architectures: inputs.architectures as "x86_64"[] | undefined,
      Publish: inputs.publish,
      Code: await codeRequest(inputs),
      Tags: inputs.tagsAll,
    });
    created(FunctionName);
    await waitUntilActive(FunctionName, context);
    if (isReserved(inputs)) await putConcurrency(inputs, FunctionName, context);
    return FunctionName;
  },
  async read(id, { clients, region, accountId }, recorded) {
    const { lambda } = clients;
    const found = await ifThere(gone, lambda.getFunction({ FunctionName: id }));
    const now = found?.Configuration;
    if (now === undefined) return undefined;
    const versions =
      recorded.publish === true
        ? await lambda.listVersionsByFunction({ FunctionName: id })
        : undefined;
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${id}`;
    const version = versions?.Versions?.at(-1)?.Version ?? "$LATEST";
    const isAsUploaded =
      recorded.codeSha256 === undefined || recorded.codeSha256 === now.CodeSha256;
    return {
      ...fromConfiguration(now),
      name: id,
      code: isAsUploaded ? recorded.code : undefined,
      s3Bucket: isAsUploaded ? recorded.s3Bucket : undefined,
      s3Key: isAsUploaded ? recorded.s3Key : undefined,
      imageUri: found?.Code?.ImageUri,
      sourceCodeHash: now.CodeSha256,
      codeSha256: now.CodeSha256,
      architectures: now.Architectures,
      packageType: now.PackageType ?? "Zip",
      reservedConcurrentExecutions: found?.Concurrency?.ReservedConcurrentExecutions ?? -1,
      arn,
      invokeArn: invokeArn(region, arn),
      responseStreamingInvokeArn: `arn:aws:apigateway:${region}:lambda:path/2021-11-15/functions/${arn}/response-streaming-invocations`,
      signingJobArn: now.SigningJobArn ?? "",
      signingProfileVersionArn: now.SigningProfileVersionArn ?? "",
      lastModified: now.LastModified,
      qualifiedArn: `${arn}:${version}`,
      qualifiedInvokeArn: invokeArn(region, `${arn}:${version}`),
      sourceCodeSize: now.CodeSize,
      version,
      tagsAll: found?.Tags,
    };
  },
  unknownAfter: (changed) => [
    ...(changesCode(changed) || changesConfiguration(changed) ? ["lastModified"] : []),
    ...(changesCode(changed) ? ["codeSha256", "sourceCodeSize"] : []),
    ...(changesCode(changed) || changesConfiguration(changed) || changed.has("publish")
      ? ["version", "qualifiedArn", "qualifiedInvokeArn"]
      : []),
  ],
  async update(FunctionName, inputs, { changed }, context) {
    const { lambda } = context.clients;
    if (changesConfiguration(changed)) {
      await lambda.updateFunctionConfiguration({
        ...configurationRequest(inputs, true),
        FunctionName,
      });
      await waitUntilActive(FunctionName, context);
    }
    if (changesCode(changed)) {
      await lambda.updateFunctionCode({
        FunctionName,
        ...(await codeRequest(inputs)),
        Architectures: inputs.architectures as "x86_64"[] | undefined,
      });
      await waitUntilActive(FunctionName, context);
    }
    if (changed.has("reservedConcurrentExecutions")) {
      await putConcurrency(inputs, FunctionName, context);
    }
    const isNew = changesConfiguration(changed) || changesCode(changed) || changed.has("publish");
    if (isNew && inputs.publish === true) await lambda.publishVersion({ FunctionName });
  },
  tags: lambdaTags,
  async delete(FunctionName, { skipDestroy }, { clients }) {
    if (skipDestroy === true) return;
    await ignoreGone(gone, clients.lambda.deleteFunction({ FunctionName }));
  },
});

const changesCode = (changed: ReadonlySet<string>) => [...changed].some((key) => key in code);
const changesConfiguration = (changed: ReadonlySet<string>) =>
  [...changed].some((key) => key in configuration);

const invokeArn = (region: string, arn: string) =>
  `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;

async function codeRequest(inputs: Inputs) {
  if (inputs.code !== undefined) return { ZipFile: await zipContent(inputs.code) };
  if (inputs.imageUri !== undefined) return { ImageUri: inputs.imageUri };
  return {
    S3Bucket: inputs.s3Bucket,
    S3Key: inputs.s3Key,
    S3ObjectVersion: inputs.s3ObjectVersion,
  };
}

const isReserved = ({ reservedConcurrentExecutions = -1 }: Inputs) =>
  reservedConcurrentExecutions >= 0;

async function putConcurrency(inputs: Inputs, FunctionName: string, { clients }: ResourceContext) {
  if (isReserved(inputs)) {
    const ReservedConcurrentExecutions = inputs.reservedConcurrentExecutions;
    await clients.lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions });
  } else {
    await ignoreGone(gone, clients.lambda.deleteFunctionConcurrency({ FunctionName }));
  }
}

async function waitUntilActive(FunctionName: string, context: ResourceContext): Promise<void> {
  await waitUntil(
    async () => {
      const now = await context.clients.lambda.getFunctionConfiguration({ FunctionName });
      if (now.State === "Failed" || now.LastUpdateStatus === "Failed") {
        throw new Error(
          `The function ${FunctionName} failed: ${now.StateReason ?? now.LastUpdateStatusReason ?? "no reason given"}`,
        );
      }
      return now.State !== "Pending" && now.LastUpdateStatus !== "InProgress";
    },
    { what: `the function ${FunctionName} to be ready`, withinMs: 120_000, everyMs: 100 },
  );
}
