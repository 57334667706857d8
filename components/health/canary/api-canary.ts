import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Metric } from "../../alarms/alarm-spec";
import type { PrivateBucket } from "../../bucket";
import { buildBundle } from "../../bundle";
import { arnOf, standardTags, type Deployment } from "../../deployment";
import { allow, assumedBy } from "../../iam";
import { probeMinutes, type Outcome, type Outcomes } from "../api-health-alarms";
import { probedApisVariable, type ProbedApi } from "../probed-apis";
import { canarySteps } from "./steps";

export interface CanaryArgs {
  /** Where its script is stored, and its reports under `canary/`. */
  bucket: PrivateBucket;
  /** Default "syn-nodejs-5.4", of November 2026. Source: CloudWatch guide, "Runtime versions using Node.js". */
  runtimeVersion?: string;
  /** How long Synthetics keeps a run. Days, 1–455. Default 31. */
  retentionDays?: number;
}

export const canaryDefaults = { runtimeVersion: "syn-nodejs-5.4", retentionDays: 31 };

export const canaryRetentionRange = { min: 1, max: 455 };

/** Time to start, beside the requests. Source: CloudWatch guide: at least 15 seconds, for cold starts. */
const startSeconds = 30;

/** The namespace of all canaries. */
const namespace = "CloudWatchSynthetics";

/** A Synthetics canary that asks one API. Each of its two requests is a step with a metric of its own. */
export function apiCanary(
  name: string,
  {
    deployment,
    canaryName,
    api,
    canary,
  }: { deployment: Deployment; canaryName: string; api: ProbedApi; canary: CanaryArgs },
  parent: pulumi.Resource,
): { resource: pulumi.Resource; outcomes: Outcomes; duration: Metric } {
  const { bucket } = canary;
  const tags = standardTags(deployment);
  const reports = `canary/${canaryName}`;
  const bundle = buildBundle(join(__dirname, "script.ts"));
  const script = new aws.s3.BucketObjectv2(
    `${name}-script`,
    {
      bucket: bucket.bucket,
      key: `canary-scripts/${canaryName}/${bundle.sha256}.zip`,
      // The folder that Synthetics looks in. Source: Synthetics API, CanaryCodeInput.
      source: new pulumi.asset.AssetArchive({
        "nodejs/node_modules/script.js": new pulumi.asset.FileAsset(bundle.path),
      }),
      tags,
    },
    { parent, dependsOn: bucket.ready },
  );
  const role = new aws.iam.Role(
    `${name}-role`,
    { name: canaryName, assumeRolePolicy: assumedBy("lambda.amazonaws.com"), tags },
    { parent },
  );
  // Synthetics chooses the rest of the name.
  const logs = arnOf(deployment, "logs", `log-group:/aws/lambda/cwsyn-${canaryName}-*`);
  const policy = new aws.iam.RolePolicy(
    `${name}-role-policy`,
    {
      name: "canary",
      role: role.name,
      // Source: CloudWatch guide, "Required roles and permissions for CloudWatch canaries".
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          allow("Report", ["s3:PutObject"], `${bucket.arn}/${reports}/*`),
          allow("FindBucket", ["s3:GetBucketLocation"], bucket.arn),
          // These actions cannot be limited to resources.
          allow("FindBuckets", ["s3:ListAllMyBuckets"], "*"),
          allow("Measure", ["cloudwatch:PutMetricData"], "*", {
            StringEquals: { "cloudwatch:namespace": namespace },
          }),
          allow(
            "Log",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [logs, `${logs}:*`],
          ),
        ],
      }),
    },
    { parent },
  );
  const days = canary.retentionDays ?? canaryDefaults.retentionDays;
  const resource = new aws.synthetics.Canary(
    name,
    {
      name: canaryName,
      runtimeVersion: canary.runtimeVersion ?? canaryDefaults.runtimeVersion,
      handler: "script.handler",
      s3Bucket: script.bucket,
      s3Key: script.key,
      s3Version: script.versionId,
      artifactS3Location: pulumi.interpolate`s3://${bucket.bucket}/${reports}`,
      executionRoleArn: role.arn,
      schedule: { expression: `rate(${probeMinutes} minutes)` },
      runConfig: {
        timeoutInSeconds: startSeconds + api.health.timeoutSeconds + api.workPath.timeoutSeconds,
        environmentVariables: { [probedApisVariable]: JSON.stringify({ api }) },
      },
      successRetentionPeriod: days,
      failureRetentionPeriod: days,
      startCanary: true,
      // Otherwise its function and layers stay behind.
      deleteLambda: true,
      tags,
    },
    { parent, dependsOn: [policy] },
  );
  const metric = (metricName: string, step?: string): Metric => ({
    namespace,
    name: metricName,
    statistic: "Average",
    dimensions: { CanaryName: canaryName, ...(step !== undefined && { StepName: step }) },
  });
  const outcome = (step: string): Outcome => ({
    metric: metric("SuccessPercent", step),
    threshold: { below: 100 },
  });
  return {
    resource,
    outcomes: { health: outcome(canarySteps.health), workPath: outcome(canarySteps.workPath) },
    duration: metric("Duration"),
  };
}
