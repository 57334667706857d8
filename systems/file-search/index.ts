import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AlertHub } from "../../components/alerts";
import { bucketNotification, PrivateBucket, type KeptInBucket } from "../../components/bucket";
import { systemDashboard } from "../../components/dashboard";
import type { Deployment } from "../../components/deployment";
import { newestMachineImage, WorkerFleet } from "../../components/fleet";
import { MonitoredQueue } from "../../components/queue";
import { systemOutput } from "../../components/system-output";
import { loadConfig } from "./config";
import { physicalNames } from "./names";
import { findNetwork } from "./network";

/** What makes a document appear, change or go. */
const documentEvents = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"];

export = async () => {
  const config = loadConfig();
  const environment = pulumi.getStack();
  const names = physicalNames(environment, config.bucketSuffix);
  // Awaited, so that account and network are plain values and every ARN is known in the first preview.
  const [{ accountId }, network, imageId] = await Promise.all([
    aws.getCallerIdentity({}),
    findNetwork(config),
    newestMachineImage(),
  ]);
  const { region } = config;
  const deployment: Deployment = { system: "file-search", environment, region, accountId };

  const alerts = new AlertHub("alerts", {
    deployment,
    alerting: {
      runbookBaseUrl: config.runbookBaseUrl,
      owner: config.owner,
      language: config.language,
    },
    prefix: names.prefix,
    emails: { warning: config.warningEmails, critical: config.criticalEmails },
    slack:
      config.slackWebhookParameter === ""
        ? undefined
        : { webhookParameter: config.slackWebhookParameter },
  });
  const { alerting, criticalTopic } = alerts;

  const bucket = (name: "uploads" | "scripts") =>
    new PrivateBucket(name, {
      deployment,
      bucketName: names[name],
      adopt: config.adopt,
      kept: {
        policyStatements: config.kept?.[`${name}-policy`],
        lifecycle: config.kept?.[`${name}-lifecycle`] as KeptInBucket["lifecycle"],
      },
      removed: config.removed,
      protect: config.protect,
      forceDestroy: !config.protect,
    });
  const [uploads, scripts] = [bucket("uploads"), bucket("scripts")];

  const files = new MonitoredQueue("files", {
    deployment,
    queueName: names.queue,
    deadLetterQueueName: names.deadLetterQueue,
    visibilityTimeoutSeconds: config.visibilityTimeoutSeconds,
    jobTimeoutSeconds: config.jobTimeoutSeconds,
    maxReceiveCount: config.maxReceiveCount,
    senders: [{ service: "s3.amazonaws.com", sourceArn: uploads.arn }],
    protect: config.protect,
    adopt: config.adopt,
    kept: { queue: config.kept?.["files-queue"], deadLetterQueue: config.kept?.["files-dlq"] },
    removed: config.removed,
    alerting,
    thresholds: {
      depth: { warning: config.queueDepthWarning, critical: config.queueDepthCritical },
      deadLetters: { warning: config.deadLettersWarning, critical: config.deadLettersCritical },
      oldestMessageAgeSeconds: config.oldestMessageAgeSeconds,
    },
  });
  bucketNotification("uploads-to-files", {
    bucket: uploads,
    queueArn: files.arn,
    events: documentEvents,
    adopt: config.adopt,
    kept: config.kept?.["uploads-to-files"],
    removed: config.removed,
    dependsOn: [files.queue],
  });

  const workers = new WorkerFleet("workers", {
    deployment,
    names: names.fleet,
    queue: files,
    worker: {
      entry: join(__dirname, "../../worker/main.ts"),
      concurrency: config.workerConcurrency,
      shutdownGraceSeconds: config.shutdownGraceSeconds,
      metricsNamespace: names.metricsNamespace,
      processor: {
        kind: "file",
        databaseUrlParameter: config.databaseUrlParameter,
        databaseCaParameter: config.databaseCaParameter,
      },
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
    release: {
      launchFirst: config.releaseLaunchesFirst,
      warmUpSeconds: config.releaseWarmUpSeconds,
    },
    network: { ...network, egressPorts: config.egressPorts },
    logRetentionDays: config.logRetentionDays,
    alerting,
    criticalTopic,
    thresholds: {
      machines: { warning: config.machinesWarning, critical: config.machinesCritical },
      errorLogsPerHour: { warning: config.errorLogsWarning, critical: config.errorLogsCritical },
    },
  });

  const components = [uploads, scripts, files, workers, alerts];
  const dashboard = systemDashboard("dashboard", { dashboardName: names.dashboard, components });
  return systemOutput({
    deployment,
    components,
    topics: alerting.topics,
    dashboardName: dashboard.dashboardName,
  });
};
