import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { messageCheckKey } from "../../contracts/message-check";
import { AlertHub } from "../../components/alerts";
import { systemDashboard } from "../../components/dashboard";
import type { Deployment } from "../../components/deployment";
import { MessageCheck } from "../../components/message-check";
import { stateTable } from "../../components/state-table";
import { systemOutput } from "../../components/system-output";
import { alertHubSettings } from "../alerting-configuration";
import { loadConfig } from "./config";
import { watchmeHealth } from "./health";
import { physicalNames } from "./names";
import { watchmePipeline } from "./pipeline";
import { allQueues, watchmeQueues } from "./queues";
import { watchmeWorkers } from "./workers";

export = async () => {
  const config = loadConfig();
  const environment = pulumi.getStack();
  const names = physicalNames(environment, config.bucketSuffix);
  // Awaited, so that the account is a plain value and every ARN is known in the first preview.
  const { accountId } = await aws.getCallerIdentity({});
  const { region } = config;
  const deployment: Deployment = { system: "watchme", environment, region, accountId };

  const alerts = new AlertHub("alerts", {
    deployment,
    prefix: names.prefix,
    ...alertHubSettings(config),
  });
  const { alerting } = alerts;
  const queues = watchmeQueues({ config, names, deployment, alerting });
  const state = stateTable("state", { deployment, tableName: names.stateTable });
  const parts = { config, names, deployment, alerting, queues, stateTable: state };
  const workers = watchmeWorkers(parts, names.function("back-pressure"));
  const { probe, backPressure, restart } = watchmeHealth(parts, workers, alerts);
  const { recordings, audioProcessor, aggregatorChecker } = watchmePipeline(
    parts,
    backPressure.settled,
  );
  const messageCheck = new MessageCheck(messageCheckKey, {
    deployment,
    functionName: names.function("message-check"),
    workers: Object.values(workers),
    stateTable: state,
  });

  const components = [
    recordings,
    audioProcessor,
    ...allQueues(queues),
    ...Object.values(workers),
    aggregatorChecker,
    probe,
    backPressure,
    restart,
    messageCheck,
    alerts,
  ];
  const dashboard = systemDashboard("dashboard", { dashboardName: names.dashboard, components });
  return systemOutput({
    deployment,
    components,
    topics: alerts.topics,
    dashboardName: dashboard.dashboardName,
  });
};
