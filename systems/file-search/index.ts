import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Alerting } from "../../components/alarms/alerting";
import { AlertHub, slackNotifierEntry } from "../../components/alerts";
import { PrivateBucket } from "../../components/bucket";
import { buildBundle } from "../../components/bundle";
import { systemDashboard } from "../../components/dashboard";
import type { Deployment } from "../../components/deployment";
import { newestMachineImage, releaseGuardEntry, WorkerFleet } from "../../components/fleet";
import { MonitoredQueue } from "../../components/queue";
import { systemOutputsVersion } from "../../contracts/stack-outputs";
import { loadConfig } from "./config";
import { physicalNames } from "./names";
import { findNetwork } from "./network";

export = async () => {
  const config = loadConfig();
  const environment = pulumi.getStack();
  const names = physicalNames(environment, config.bucketSuffix);
  // Awaited, so that account and network are plain values and every ARN is known in the first preview.
  const [{ accountId }, network, imageId, workerBundle, notifierBundle, guardBundle] =
    await Promise.all([
      aws.getCallerIdentity({}),
      findNetwork(config),
      newestMachineImage(),
      buildBundle({ name: "worker", entry: join(__dirname, "../../worker/main.ts") }),
      buildBundle({ name: "slack-notifier", entry: slackNotifierEntry }),
      buildBundle({ name: "release-guard", entry: releaseGuardEntry }),
    ]);
  const { region } = config;
  const deployment: Deployment = { system: "file-search", environment, region, accountId };

  const people = {
    runbookBaseUrl: config.runbookBaseUrl,
    owner: config.owner,
    language: config.language,
  };
  const alerts = new AlertHub("alerts", {
    deployment,
    alerting: people,
    prefix: names.prefix,
    emails: { warning: config.warningEmails, critical: config.criticalEmails },
    ...(config.slackWebhookParameter === ""
      ? {}
      : { slack: { webhookParameter: config.slackWebhookParameter, bundle: notifierBundle } }),
  });
  const alerting: Alerting = { ...people, topics: alerts.topics };

  const uploads = new PrivateBucket("uploads", {
    deployment,
    bucketName: names.uploads,
    adopt: config.adoptBuckets.includes("uploads"),
    protect: config.protect,
    forceDestroy: !config.protect,
  });
  const files = new MonitoredQueue("files", {
    deployment,
    queueName: names.queue,
    deadLetterQueueName: names.deadLetterQueue,
    visibilityTimeoutSeconds: config.visibilityTimeoutSeconds,
    maxReceiveCount: config.maxReceiveCount,
    worker: { timeoutSeconds: config.jobTimeoutSeconds },
    senders: [{ service: "s3.amazonaws.com", sourceArn: uploads.arn }],
    protect: config.protect,
    ...(config.adoptQueues ? { adopt: true as const } : {}),
    alerting,
    thresholds: {
      depth: { warning: config.queueDepthWarning, critical: config.queueDepthCritical },
      deadLetters: { warning: config.deadLettersWarning, critical: config.deadLettersCritical },
      oldestMessageAgeSeconds: config.oldestMessageAgeSeconds,
    },
  });
  // The only one: a second notification configuration would have every upload processed twice.
  new aws.s3.BucketNotification(
    "uploads-to-files",
    { bucket: uploads.bucket, queues: [{ queueArn: files.arn, events: ["s3:ObjectCreated:*"] }] },
    { dependsOn: [files.queue] },
  );

  const scripts = new PrivateBucket("scripts", {
    deployment,
    bucketName: names.scripts,
    adopt: config.adoptBuckets.includes("scripts"),
    protect: config.protect,
    forceDestroy: !config.protect,
  });
  const workers = new WorkerFleet("workers", {
    deployment,
    names: {
      autoScalingGroup: names.autoScalingGroup,
      launchTemplate: names.launchTemplate,
      machine: names.machine,
      logGroup: names.logGroup,
      role: `${names.prefix}-worker`,
    },
    queue: files,
    visibilityTimeoutSeconds: config.visibilityTimeoutSeconds,
    maxReceiveCount: config.maxReceiveCount,
    worker: {
      bundle: workerBundle,
      jobTimeoutSeconds: config.jobTimeoutSeconds,
      concurrency: config.workerConcurrency,
      shutdownGraceSeconds: config.shutdownGraceSeconds,
      metricsNamespace: names.metricsNamespace,
      processor: { kind: "file" },
      databaseUrlParameter: config.databaseUrlParameter,
    },
    scripts,
    reads: [uploads],
    machines: {
      imageId,
      instanceType: config.instanceType,
      minimum: config.machinesMinimum,
      maximum: config.machinesMaximum,
      backlogPerMachine: config.backlogPerMachine,
    },
    network: { ...network, egressPorts: config.egressPorts },
    logRetentionDays: config.logRetentionDays,
    alerting,
    releaseGuard: { bundle: guardBundle, topic: alerts.criticalTopic },
    thresholds: {
      machines: { warning: config.machinesWarning, critical: config.machinesCritical },
      errorLogsPerHour: { warning: config.errorLogsWarning, critical: config.errorLogsCritical },
    },
  });

  const alarms = [...files.alarms, ...workers.alarms, ...alerts.alarms];
  const dashboard = systemDashboard("dashboard", {
    deployment,
    dashboardName: names.dashboard,
    queue: files,
    fleet: workers,
    alarms,
  });

  return {
    system: {
      version: systemOutputsVersion,
      system: deployment.system,
      environment,
      region,
      accountId,
      queues: {
        files: {
          name: files.queueName,
          arn: files.arn,
          url: files.url,
          deadLetter: {
            name: files.deadLetterQueueName,
            arn: files.deadLetterArn,
            url: files.deadLetterUrl,
          },
          visibilityTimeoutSeconds: config.visibilityTimeoutSeconds,
          maxReceiveCount: config.maxReceiveCount,
        },
      },
      functions: { ...alerts.functions, ...workers.functions },
      fleets: {
        workers: {
          autoScalingGroupName: workers.autoScalingGroupName,
          launchTemplateId: workers.launchTemplateId,
          queue: "files",
          logGroupName: workers.logGroupName,
          bundle: workers.bundle,
        },
      },
      pipelines: {},
      buckets: {
        uploads: { name: uploads.bucketName, arn: uploads.arn },
        scripts: { name: scripts.bucketName, arn: scripts.arn },
      },
      alarms,
      topics: alerts.topics,
      dashboardName: dashboard.dashboardName,
    },
  };
};
