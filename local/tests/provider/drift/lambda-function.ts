import { createHash } from "node:crypto";
import { zipSync } from "fflate";
import { Archive, Asset } from "../../../values/property-value";
import { each, type ByHand, type Drift } from "./drift";
import { arnOf, newBucket, newKey, newQueue, newRole } from "../surroundings";

const text = (answer: string) => `exports.handler = async () => ${JSON.stringify(answer)};`;
const zip = (answer: string) =>
  zipSync(
    { "index.js": new TextEncoder().encode(text(answer)) },
    { mtime: new Date("2020-01-01T00:00:00Z") },
  );

const changeCode: ByHand = ({ lambda }, FunctionName) =>
  lambda.updateFunctionCode({ FunctionName, ZipFile: zip("by hand") });

const removals: Drift["removals"] = {
  it: ({ lambda }, FunctionName) => lambda.deleteFunction({ FunctionName }),
};
const layer = (name: string) => `arn:aws:lambda:ap-northeast-1:123456789012:layer:${name}:1`;

const configuration = (table: Record<string, object>) =>
  each(table, ({ lambda }, FunctionName, changed) =>
    lambda.updateFunctionConfiguration({ FunctionName, ...changed }),
  );

export const lambdaFunctionDrifts: Drift[] = [
  {
    type: "aws:lambda/function:Function",
    prepare: async (under) => ({
      role: (await newRole(under, "notifier-role", "lambda.amazonaws.com")).roleArn,
      other: (await newRole(under, "other-role", "lambda.amazonaws.com")).roleArn,
      queue: (await newQueue(under, "notifier-dlq")).arn,
      key: arnOf(under, "kms", `key/${await newKey(under)}`),
      functions: arnOf(under, "lambda", "function"),
    }),
    inputs: ({ role = "", queue = "", key = "" }) => ({
      name: "notifier",
      role,
      description: "Notifies",
      runtime: "nodejs22.x",
      handler: "index.handler",
      architectures: ["x86_64"],
      code: new Archive(
        { assets: { "index.js": new Asset({ text: text("one") }, "file-one") } },
        "archive-one",
      ),
      kmsKeyArn: key,
      layers: [layer("one")],
      environment: { variables: { NOTICE_LANGUAGE: "ja" } },
      deadLetterConfig: { targetArn: queue },
      ephemeralStorage: { size: 1024 },
      tracingConfig: { mode: "Active" },
      loggingConfig: {
        logFormat: "JSON",
        logGroup: "/files/notifier",
        applicationLogLevel: "WARN",
        systemLogLevel: "WARN",
      },
      vpcConfig: { securityGroupIds: ["sg-1"], subnetIds: ["subnet-1"] },
      tags: { Project: "files" },
    }),
    fixed: ["packageType"],
    counters: ["lastModified"],
    // Another architecture comes with code of its own.
    changesWith: { architectures: ["code"] },
    byHand: {
      ...configuration({
        description: { Description: "by hand" },
        runtime: { Runtime: "nodejs20.x" },
        handler: { Handler: "other.handler" },
        memorySize: { MemorySize: 1024 },
        timeout: { Timeout: 900 },
        kmsKeyArn: { KMSKeyArn: "" },
        layers: { Layers: [layer("by-hand")] },
        "environment.variables": { Environment: { Variables: { NOTICE_LANGUAGE: "en" } } },
        "deadLetterConfig.targetArn": { DeadLetterConfig: { TargetArn: "" } },
        "ephemeralStorage.size": { EphemeralStorage: { Size: 512 } },
        "tracingConfig.mode": { TracingConfig: { Mode: "PassThrough" } },
      }),
      ...each(
        {
          "loggingConfig.logFormat": { LogFormat: "Text" as const },
          "loggingConfig.logGroup": { LogGroup: "/by/hand" },
          "loggingConfig.applicationLogLevel": { ApplicationLogLevel: "DEBUG" as const },
          "loggingConfig.systemLogLevel": { SystemLogLevel: "DEBUG" as const },
        },
        ({ lambda }, FunctionName, changed) =>
          lambda.updateFunctionConfiguration({
            FunctionName,
            LoggingConfig: {
              LogFormat: "JSON",
              LogGroup: "/files/notifier",
              ApplicationLogLevel: "WARN",
              SystemLogLevel: "WARN",
              ...changed,
            },
          }),
      ),
      ...each(
        {
          "vpcConfig.securityGroupIds": { SecurityGroupIds: ["sg-by-hand"] },
          "vpcConfig.subnetIds": { SubnetIds: ["subnet-1", "subnet-by-hand"] },
          "vpcConfig.ipv6AllowedForDualStack": { Ipv6AllowedForDualStack: true },
        },
        ({ lambda }, FunctionName, changed) =>
          lambda.updateFunctionConfiguration({
            FunctionName,
            VpcConfig: { SecurityGroupIds: ["sg-1"], SubnetIds: ["subnet-1"], ...changed },
          }),
      ),
      role: ({ lambda }, FunctionName, { other }) =>
        lambda.updateFunctionConfiguration({ FunctionName, Role: other }),
      code: changeCode,
      architectures: ({ lambda }, FunctionName) =>
        lambda.updateFunctionCode({
          FunctionName,
          ZipFile: zip("one"),
          Architectures: ["arm64"],
        }),
      reservedConcurrentExecutions: ({ lambda }, FunctionName) =>
        lambda.putFunctionConcurrency({ FunctionName, ReservedConcurrentExecutions: 0 }),
      tags: ({ lambda }, name, { functions = "" }) =>
        lambda.tagResource({ Resource: `${functions}:${name}`, Tags: { byHand: "yes" } }),
    },
    removals,
  },
  {
    type: "aws:lambda/function:Function",
    variant: "from a bucket",
    prepare: async (under) => {
      const { bucket } = await newBucket(under, "bundles");
      await under.clients.s3.putObject({ Bucket: bucket, Key: "one.zip", Body: zip("one") });
      return {
        bucket,
        role: (await newRole(under, "from-bucket-role", "lambda.amazonaws.com")).roleArn,
      };
    },
    inputs: ({ role = "", bucket = "" }) => ({
      name: "from-bucket",
      role,
      runtime: "nodejs22.x",
      handler: "index.handler",
      s3Bucket: bucket,
      s3Key: "one.zip",
      codeSha256: createHash("sha256").update(zip("one")).digest("base64"),
    }),
    counters: ["lastModified"],
    // What is there now came from nowhere that the program knows.
    changesWith: {
      s3Bucket: ["s3Key", "codeSha256"],
      s3Key: ["s3Bucket", "codeSha256"],
      codeSha256: ["s3Bucket", "s3Key"],
    },
    byHand: { s3Bucket: changeCode, s3Key: changeCode, codeSha256: changeCode },
    removals,
  },
  {
    type: "aws:lambda/function:Function",
    variant: "from an image",
    prepare: async (under) => ({
      role: (await newRole(under, "image-role", "lambda.amazonaws.com")).roleArn,
    }),
    inputs: ({ role = "" }) => ({
      name: "from-image",
      role,
      packageType: "Image",
      imageUri: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/files:1",
    }),
    counters: ["lastModified"],
    byHand: {
      imageUri: ({ lambda }, FunctionName) =>
        lambda.updateFunctionCode({
          FunctionName,
          ImageUri: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/files:by-hand",
        }),
    },
    removals,
  },
];
