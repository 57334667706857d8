import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { bucketNotification, PrivateBucket, type KeptInBucket } from "../../components/bucket";
import { MonitoredFunction } from "../../components/function";
import { aliasArnOf } from "../../components/function/bundled-function";
import { allow } from "../../components/iam";
import { schedule } from "../../components/schedule";
import { database, entry, type SystemParts } from "./workers";

/** The beginning of the pipeline, from a recording in the bucket to the three queues, and its middle, from the three results
 *  to the summary's queue. `settled`: before it, nothing may be sent to a queue that was not used before. */
export function watchmePipeline(parts: SystemParts, settled: pulumi.Resource) {
  const { config, names, deployment, alerting, queues } = parts;
  const { variables, rights } = database(parts);
  const recordings = new PrivateBucket("recordings", {
    deployment,
    bucketName: names.recordings,
    adopt: config.adopt,
    kept: {
      policyStatements: config.kept?.["recordings-policy"],
      lifecycle: config.kept?.["recordings-lifecycle"] as KeptInBucket["lifecycle"],
    },
    removed: config.removed,
    protect: config.protect,
    forceDestroy: !config.protect,
  });

  const targets = Object.entries(queues.features).map(
    ([feature, { target }]) => [feature, target] as const,
  );
  const audioProcessor = new MonitoredFunction(
    "audio-processor",
    {
      deployment,
      functionName: names.function("audio-processor"),
      entry: entry("audio-processor"),
      timeoutSeconds: 60,
      alerting,
      variables: {
        ...variables,
        QUEUE_URLS: pulumi.jsonStringify(
          Object.fromEntries(targets.map(([feature, { url }]) => [feature, url])),
        ),
      },
      rights: {
        name: "audio-processor",
        statements: [
          ...rights,
          allow(
            "SendRecordings",
            ["sqs:SendMessage"],
            Object.values(queues.features).flatMap(({ plan, target, other }) =>
              other === undefined || plan.standardMayGo ? [target.arn] : [target.arn, other.arn],
            ),
          ),
        ],
      },
    },
    { dependsOn: [settled] },
  );
  const permission = new aws.lambda.Permission("recordings-to-processor-permission", {
    function: audioProcessor.bundledFunction.functionName,
    qualifier: audioProcessor.bundledFunction.alias,
    action: "lambda:InvokeFunction",
    principal: "s3.amazonaws.com",
    sourceArn: recordings.arn,
    // After a bucket is deleted, another account may take its name.
    sourceAccount: deployment.accountId,
  });
  bucketNotification("recordings-to-processor", {
    bucket: recordings,
    target: { lambdaFunctionArn: aliasArnOf(deployment, names.function("audio-processor")) },
    events: ["s3:ObjectCreated:*"],
    filterPrefix: "files/",
    filterSuffix: "/audio.wav",
    adopt: config.adopt,
    kept: config.kept?.["recordings-to-processor"],
    removed: config.removed,
    dependsOn: [permission],
  });

  const aggregatorChecker = new MonitoredFunction("aggregator-checker", {
    deployment,
    functionName: names.function("aggregator-checker"),
    entry: entry("aggregator-checker"),
    timeoutSeconds: 60,
    alerting,
    // Its next call, a minute later, does the work of a lost one.
    keepsFailedCalls: false,
    variables: { ...variables, SUMMARY_QUEUE_URL: queues.summary.url },
    rights: {
      name: "aggregator-checker",
      statements: [...rights, allow("AskForSummary", ["sqs:SendMessage"], queues.summary.arn)],
    },
  });
  schedule(
    "aggregator-checker-schedule",
    {
      deployment,
      scheduleName: names.function("aggregator-checker"),
      description: "Asks for a summary when all results of a recording are there.",
      expression: "rate(1 minute)",
      target: aggregatorChecker.bundledFunction,
      input: {},
    },
    aggregatorChecker,
  );
  return { recordings, audioProcessor, aggregatorChecker };
}
