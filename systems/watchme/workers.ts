import { join } from "node:path";
import type { Alerting } from "../../components/alarms/alerting";
import { arnOf, type Deployment } from "../../components/deployment";
import { allow, type Statement } from "../../components/iam";
import { LambdaWorker, type WorkerSource } from "../../components/lambda-worker";
import type { StateTable } from "../../components/state-table";
import { features, type Feature } from "../../contracts/watchme";
import { apiUrls, ofFeature, type WatchmeConfig } from "./config";
import type { Names, WorkerKey } from "./names";
import type { FeatureQueues, WatchmeQueues } from "./queues";

export interface SystemParts {
  config: WatchmeConfig;
  names: Names;
  deployment: Deployment;
  alerting: Alerting;
  queues: WatchmeQueues;
  stateTable: StateTable;
}

export const entry = (name: string) => join(__dirname, `../../worker/watchme/${name}.ts`);

/** What a function needs that uses the database. */
export function database({ config, deployment }: Pick<SystemParts, "config" | "deployment">): {
  variables: Record<string, string>;
  rights: Statement[];
} {
  const ca = config.databaseCaParameter;
  const parameters = [config.databaseUrlParameter, ...(ca === undefined ? [] : [ca])];
  return {
    variables: {
      DATABASE_URL_PARAMETER: config.databaseUrlParameter,
      ...(ca === undefined ? {} : { DATABASE_CA_PARAMETER: ca }),
    },
    rights: [
      allow(
        "ReadDatabaseUrl",
        ["ssm:GetParameter"],
        parameters.map((name) => arnOf(deployment, "ssm", `parameter${name}`)),
      ),
    ],
  };
}

/** Before a switch the new queue is read only if it has messages, as after going back one stage. After it, the old one is
 *  drained before the new one is read. */
function sourcesOf({ plan, target, other }: FeatureQueues): [WorkerSource, ...WorkerSource[]] {
  if (other === undefined) return [{ queue: target }];
  return plan.sendsTo === "fifo"
    ? [{ queue: target, after: [other] }, { queue: other }]
    : [{ queue: target }, { queue: other, standby: true }];
}

/** The five workers. `backPressure`: name of the function that pauses the workers of the APIs. */
export function watchmeWorkers(
  parts: SystemParts,
  backPressure: string,
): Record<WorkerKey, LambdaWorker> {
  const { config, names, queues, stateTable } = parts;
  const common = (key: WorkerKey) => ({
    deployment: parts.deployment,
    functionName: names.worker(key),
    stateTable,
    metricsNamespace: names.metricsNamespace,
    // If its API or the database fails at a message's last attempt, it sends the message again.
    sendsAgain: true,
    alerting: parts.alerting,
  });
  /** What the batch handler of every worker reads. */
  const batch = {
    ...(config.backOffSeconds === undefined
      ? {}
      : { BACK_OFF_SECONDS: String(config.backOffSeconds) }),
  };
  const urls = apiUrls(config);

  const ofApi = (feature: Feature) => {
    const { concurrency: maximum, pollers } = ofFeature(config, feature);
    return new LambdaWorker(feature, {
      ...common(feature),
      entry: entry("api-worker"),
      sources: sourcesOf(queues.features[feature]),
      concurrency: pollers === undefined ? { maximum } : { pollers },
      // The number that the API bears, whoever makes the calls.
      mostCalls: maximum,
      reservedConcurrency: config.reserveConcurrency ? maximum : undefined,
      variables: {
        ...batch,
        API_URL: urls[feature],
        API_TIMEOUT_SECONDS: String(config.apiTimeoutSeconds),
      },
      rights: [],
      backPressure,
    });
  };
  const [asr, sed, ser] = features.map(ofApi) as [LambdaWorker, LambdaWorker, LambdaWorker];

  const { variables, rights } = database(parts);
  const dashboard = {
    // Calls that need the database, which has few connections.
    concurrency: { maximum: 2 },
    batchSize: config.dashboardBatchSize,
    batchingWindowSeconds: config.dashboardBatchingWindowSeconds,
  };
  return {
    asr,
    sed,
    ser,
    "dashboard-summary": new LambdaWorker("dashboard-summary", {
      ...common("dashboard-summary"),
      entry: entry("dashboard-summary"),
      sources: [{ queue: queues.summary }],
      ...dashboard,
      variables: { ...batch, ...variables, ANALYSIS_QUEUE_URL: queues.analysis.url },
      rights: [...rights, allow("AskForAnalysis", ["sqs:SendMessage"], queues.analysis.arn)],
    }),
    "dashboard-analysis": new LambdaWorker("dashboard-analysis", {
      ...common("dashboard-analysis"),
      entry: entry("dashboard-analysis"),
      sources: [{ queue: queues.analysis }],
      ...dashboard,
      variables: { ...batch, ...variables },
      rights,
    }),
  };
}
