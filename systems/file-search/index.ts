import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { AlertHub } from "../../components/alerts";
import { systemDashboard } from "../../components/dashboard";
import type { Deployment } from "../../components/deployment";
import { newestMachineImage, WorkerFleet } from "../../components/fleet";
import { systemOutput } from "../../components/system-output";
import { alertHubSettings } from "../alerting-configuration";
import { loadConfig } from "./config";
import { physicalNames } from "./names";
import { findNetwork } from "./network";
import { fileStorage } from "./storage";

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
    prefix: names.prefix,
    ...alertHubSettings(config),
  });
  const { alerting, criticalTopic } = alerts;

  const { uploads, scripts, files } = fileStorage({ config, names, deployment, alerting });

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
    topics: alerts.topics,
    dashboardName: dashboard.dashboardName,
  });
};
