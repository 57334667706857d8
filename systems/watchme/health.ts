import { BackPressure } from "../../components/back-pressure";
import { ApiHealthProbe, AutoRestart } from "../../components/health";
import type { AlertHub } from "../../components/alerts";
import { workPath, type ApiProbe } from "../../contracts/api-probe";
import { features, type Feature } from "../../contracts/watchme";
import type { LambdaWorker } from "../../components/lambda-worker";
import { apiUrls, containers, ofFeature, type WatchmeConfig } from "./config";
import { stagePlans } from "./migration";
import type { Names } from "./names";
import type { SystemParts } from "./workers";

/** The APIs by the feature that each finds out. The keys are parts of names. */
const apiNames: Record<Feature, string> = {
  asr: "vibe-transcriber",
  sed: "behavior",
  ser: "emotion",
};

/** How long a probe waits for an answer. Both requests need no work, so a working API answers at once, and never later than
 *  its worker waits. */
const probeTimeout = ({ apiTimeoutSeconds }: WatchmeConfig): number =>
  Math.min(10, apiTimeoutSeconds);

const healthOf = (config: WatchmeConfig, feature: Feature): ApiProbe => ({
  url: `${baseUrl(config, feature)}/health`,
  method: "GET",
  expected: [200],
  timeoutSeconds: probeTimeout(config),
});

/** An empty request to the path that does the work: the API refuses it, and so has answered without work. */
const workPathOf = (config: WatchmeConfig, feature: Feature): ApiProbe => ({
  url: `${baseUrl(config, feature)}${workPath}`,
  method: "POST",
  body: "{}",
  expected: [400, 422],
  timeoutSeconds: probeTimeout(config),
});

const baseUrl = (config: WatchmeConfig, feature: Feature): string =>
  apiUrls(config)[feature].replace(/\/+$/, "");

/** The standard pairs of queues that moved to FIFO. Until they are gone, they must be empty. */
const deletedQueues = (config: WatchmeConfig, names: Names): Record<string, string[]> =>
  Object.fromEntries(
    features
      .filter((feature) => !stagePlans[ofFeature(config, feature).stage].has.standard)
      .map((feature) => [feature, Object.values(names.queue(feature))]),
  );

/** What looks at the APIs, what pauses the workers while an API fails, and what restarts it. */
export function watchmeHealth(
  { config, names, deployment, alerting, stateTable }: SystemParts,
  workers: Record<Feature, LambdaWorker>,
  { criticalTopic }: AlertHub,
) {
  const { metricsNamespace } = names;
  const probe = new ApiHealthProbe("api-health", {
    deployment,
    functionName: names.function("api-health"),
    metricsNamespace,
    apis: Object.fromEntries(
      features.map((feature) => [
        apiNames[feature],
        { health: healthOf(config, feature), workPath: workPathOf(config, feature) },
      ]),
    ),
    alerting,
  });
  const backPressure = new BackPressure("back-pressure", {
    deployment,
    functionName: names.function("back-pressure"),
    stateTable,
    metricsNamespace,
    workers: Object.fromEntries(
      features.map((feature) => {
        const { mappings, maximumConcurrency } = workers[feature];
        return [feature, { mappings, maximumConcurrency, probe: workPathOf(config, feature) }];
      }),
    ),
    deleted: deletedQueues(config, names),
    alerting,
  });
  const restart = new AutoRestart("api-restart", {
    deployment,
    functionName: names.function("api-restart"),
    apis: Object.fromEntries(
      features.map((feature) => {
        const api = apiNames[feature];
        return [
          api,
          {
            alarm: probe.workPathAlarms[api] ?? "",
            container: containers(config)[feature],
            workPath: workPathOf(config, feature),
          },
        ];
      }),
    ),
    host: { tagKey: "Name", tagValue: config.apiHostName },
    stateTable,
    criticalTopic,
    limits: { cooldownMinutes: config.restartCooldownMinutes, tries: config.restartTries },
    alerting,
  });
  return { probe, backPressure, restart };
}
