import type { DeclaredStack } from "./declared-stack";
import { OutputOf } from "./declared-stack";

const home = "ap-northeast-1:123456789012";
const queueOutputs = (name: string) => ({
  arn: `arn:aws:sqs:${home}:${name}`,
  url: `https://sqs.ap-northeast-1.amazonaws.com/123456789012/${name}`,
  // If the program sets nothing, the provider reports it as unknown in a preview, and as empty after a read.
  redrivePolicy: "",
});

export const queueType = "aws:sqs/queue:Queue";
export const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";

export const queueArn = (resource: string, name: string) =>
  new OutputOf(resource, queueOutputs(name).arn);

export const redrive = (resource: string, name: string, maxReceiveCount = 5) =>
  new OutputOf(
    resource,
    JSON.stringify({ deadLetterTargetArn: queueOutputs(name).arn, maxReceiveCount }),
  );

const alarm = (name: string, queue: string, metricName: string, threshold: number) => ({
  type: alarmType,
  name,
  inputs: {
    name,
    namespace: "AWS/SQS",
    metricName,
    statistic: "Maximum",
    comparisonOperator: "GreaterThanThreshold",
    threshold,
    dimensions: { QueueName: queue },
    alarmActions: [new OutputOf("alerts", `arn:aws:sns:${home}:alerts`)],
  },
  outputs: { arn: `arn:aws:cloudwatch:${home}:alarm:${name}` },
});

/** The calls and records of a function that failed, in percent, from two failures on. */
const errorRate = (name: string, functionName: unknown) => {
  const metric = (id: string, namespace: string, metricName: string) => ({
    id,
    metric: {
      namespace,
      metricName,
      stat: "Sum",
      period: 300,
      dimensions: { FunctionName: functionName },
    },
    returnData: false,
  });
  return {
    type: alarmType,
    name,
    inputs: {
      name,
      comparisonOperator: "GreaterThanThreshold",
      threshold: 10,
      metricQueries: [
        {
          id: "result",
          expression:
            "IF(FILL(errors, 0) + FILL(failed, 0) >= 2, " +
            "MAX([FILL(100 * errors / invocations, 0), FILL(100 * failed / (failed + FILL(processed, 0)), 0)]), 0)",
          returnData: true,
        },
        metric("errors", "AWS/Lambda", "Errors"),
        metric("invocations", "AWS/Lambda", "Invocations"),
        metric("failed", "Worker", "RecordsFailed"),
        metric("processed", "Worker", "RecordsProcessed"),
      ],
      evaluationPeriods: 12,
      datapointsToAlarm: 3,
      treatMissingData: "notBreaching",
      alarmActions: [new OutputOf("alerts", `arn:aws:sns:${home}:alerts`)],
    },
    outputs: { arn: `arn:aws:cloudwatch:${home}:alarm:${name}` },
  };
};

/** A stack that breaks no rule and has resources for every rule: a queue pair with a fleet, a pair with a function
 *  that is called through an alias and has a reserved concurrency and an alarm on its errors, and a FIFO pair with a separate redrive policy and a composite alarm. Most
 *  values come from other resources, so that they are unknown in the first preview, as in a real stack. */
export const goodStack: DeclaredStack = [
  { type: "pulumi:pulumi:Stack", name: "files-dev", inputs: {} },
  {
    type: "aws:sns/topic:Topic",
    name: "alerts",
    inputs: { name: "alerts" },
    outputs: { arn: `arn:aws:sns:${home}:alerts` },
  },
  {
    type: queueType,
    name: "files-dlq",
    inputs: { name: "file-dlq-dev", messageRetentionSeconds: 1_209_600 },
    outputs: queueOutputs("file-dlq-dev"),
  },
  {
    type: queueType,
    name: "files",
    inputs: {
      name: "file-queue-dev",
      visibilityTimeoutSeconds: 900,
      redrivePolicy: redrive("files-dlq", "file-dlq-dev"),
    },
    outputs: queueOutputs("file-queue-dev"),
  },
  alarm("files-dlq-depth", "file-dlq-dev", "ApproximateNumberOfMessagesVisible", 0),
  alarm("files-age", "file-queue-dev", "ApproximateAgeOfOldestMessage", 1800),
  {
    type: "aws:autoscaling/group:Group",
    name: "fleet",
    inputs: {
      name: "file-worker-asg-dev",
      tags: [
        { key: "Name", value: "file-worker", propagateAtLaunch: true },
        { key: "queuefleet:consumes", value: "file-queue-dev", propagateAtLaunch: true },
        { key: "queuefleet:job-timeout-seconds", value: "840", propagateAtLaunch: true },
      ],
    },
  },
  { type: "aws:s3/bucket:Bucket", name: "uploads", inputs: { bucket: "uploads-dev" } },
  {
    type: "aws:s3/bucketNotification:BucketNotification",
    name: "uploads-notification",
    inputs: {
      bucket: new OutputOf("uploads", "uploads-dev"),
      queues: [
        {
          queueArn: queueArn("files", "file-queue-dev"),
          events: ["s3:ObjectCreated:*"],
          filterPrefix: "incoming/",
        },
        {
          queueArn: queueArn("asr", "asr-queue-dev"),
          events: ["s3:ObjectCreated:*"],
          filterPrefix: "audio/",
        },
      ],
    },
  },
  {
    type: queueType,
    name: "asr-dlq",
    inputs: { name: "asr-dlq-dev", messageRetentionSeconds: 1_209_600 },
    outputs: queueOutputs("asr-dlq-dev"),
  },
  {
    type: queueType,
    name: "asr",
    inputs: {
      name: "asr-queue-dev",
      visibilityTimeoutSeconds: 360,
      redrivePolicy: redrive("asr-dlq", "asr-dlq-dev", 3),
    },
    outputs: queueOutputs("asr-queue-dev"),
  },
  alarm("asr-dlq-depth", "asr-dlq-dev", "ApproximateNumberOfMessagesVisible", 10),
  alarm("asr-age", "asr-queue-dev", "ApproximateAgeOfOldestMessage", 600),
  {
    type: "aws:lambda/function:Function",
    name: "asr-worker",
    inputs: { name: "asr-worker-dev", timeout: 60, reservedConcurrentExecutions: 5 },
    outputs: { arn: `arn:aws:lambda:${home}:function:asr-worker-dev` },
  },
  {
    type: "aws:lambda/alias:Alias",
    name: "asr-live",
    inputs: { name: "live", functionName: new OutputOf("asr-worker", "asr-worker-dev") },
    outputs: { arn: `arn:aws:lambda:${home}:function:asr-worker-dev:live` },
  },
  {
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    name: "asr-mapping",
    inputs: {
      eventSourceArn: queueArn("asr", "asr-queue-dev"),
      functionName: new OutputOf("asr-live", `arn:aws:lambda:${home}:function:asr-worker-dev:live`),
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 5 },
    },
  },
  errorRate("asr-worker-errors", new OutputOf("asr-worker", "asr-worker-dev")),
  {
    type: queueType,
    name: "events-dlq",
    inputs: { name: "events-dlq.fifo", fifoQueue: true, messageRetentionSeconds: 1_209_600 },
    outputs: queueOutputs("events-dlq.fifo"),
  },
  {
    type: queueType,
    name: "events",
    inputs: { name: "events.fifo", fifoQueue: true },
    outputs: queueOutputs("events.fifo"),
  },
  {
    type: "aws:sqs/redrivePolicy:RedrivePolicy",
    name: "events-redrive",
    inputs: {
      queueUrl: new OutputOf("events", queueOutputs("events.fifo").url),
      redrivePolicy: redrive("events-dlq", "events-dlq.fifo"),
    },
  },
  alarm("events-dlq-depth", "events-dlq.fifo", "ApproximateNumberOfMessagesVisible", 0),
  {
    ...alarm("events-age", "events.fifo", "ApproximateAgeOfOldestMessage", 900),
    inputs: {
      ...alarm("events-age", "events.fifo", "ApproximateAgeOfOldestMessage", 900).inputs,
      alarmActions: undefined,
    },
  },
  {
    type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    name: "events-trouble",
    inputs: {
      alarmName: "events-trouble",
      alarmRule: 'ALARM("events-age") AND NOT ALARM("events-dlq-depth")',
      alarmActions: [new OutputOf("alerts", `arn:aws:sns:${home}:alerts`)],
    },
  },
];
