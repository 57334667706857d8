import type { Alerting } from "../../components/alarms/alerting";
import type { Deployment } from "../../components/deployment";
import { MonitoredQueue } from "../../components/queue";
import { features, type Feature } from "../../contracts/watchme";
import { ofFeature, type WatchmeConfig } from "./config";
import { stagePlans, type StagePlan } from "./migration";
import type { Names, WorkerKey } from "./names";

interface QueueArgs {
  config: WatchmeConfig;
  names: Names;
  deployment: Deployment;
  alerting: Alerting;
}

/** A visibility timeout as AWS advises it: 6 × the function's timeout, and the time in which a batch is collected. Source: Lambda
 *  guide, "Using Lambda with Amazon SQS". */
const visibilityFor = (timeoutSeconds: number, batchingWindowSeconds: number) =>
  6 * timeoutSeconds + batchingWindowSeconds;

/** The queues of a feature: one, or two while it moves to FIFO. */
export interface FeatureQueues {
  plan: StagePlan;
  /** Where the producer sends. */
  target: MonitoredQueue;
  /** The other queue of a migration. */
  other: MonitoredQueue | undefined;
}

export function watchmeQueues(args: QueueArgs) {
  const { config, names, deployment, alerting } = args;
  const common = {
    deployment,
    maxReceiveCount: config.maxReceiveCount,
    alerting,
    thresholds: {
      deadLetters: { warning: config.deadLettersWarning, critical: config.deadLettersCritical },
      oldestMessageAgeSeconds: config.oldestMessageAgeSeconds,
    },
  };
  const ofApi = {
    visibilityTimeoutSeconds: config.visibilityTimeoutSeconds,
    jobTimeoutSeconds: config.workerTimeoutSeconds,
  };
  const ofDashboard = {
    visibilityTimeoutSeconds: visibilityFor(
      config.dashboardTimeoutSeconds,
      config.dashboardBatchingWindowSeconds ?? 0,
    ),
    jobTimeoutSeconds: config.dashboardTimeoutSeconds,
  };
  const standard = (key: WorkerKey, times: typeof ofApi, protect = config.protect) =>
    new MonitoredQueue(key, {
      ...common,
      ...names.queue(key),
      ...times,
      fair: true,
      protect,
      adopt: config.adopt,
      kept: {
        queue: config.kept?.[`${key}-queue`],
        deadLetterQueue: config.kept?.[`${key}-dlq`],
      },
      removed: config.removed,
    });

  const queuesOf = (feature: Feature): FeatureQueues => {
    const plan = stagePlans[ofFeature(config, feature).stage];
    const former = plan.has.standard
      ? standard(feature, ofApi, config.protect && !plan.standardMayGo)
      : undefined;
    const fifo = plan.has.fifo
      ? new MonitoredQueue(`${feature}-v2`, {
          ...common,
          ...names.fifoQueue(feature),
          ...ofApi,
          maxReceiveCount: config.fifoMaxReceiveCount,
          fifo: true,
          protect: config.protect,
        })
      : undefined;
    const [target, other] = plan.sendsTo === "fifo" ? [fifo, former] : [former, fifo];
    if (target === undefined) throw new Error(`The stage of ${feature} has no queue to send to.`);
    return { plan, target, other };
  };
  const [asr, sed, ser] = features.map(queuesOf) as [FeatureQueues, FeatureQueues, FeatureQueues];
  return {
    features: { asr, sed, ser },
    summary: standard("dashboard-summary", ofDashboard),
    analysis: standard("dashboard-analysis", ofDashboard),
  };
}

export type WatchmeQueues = ReturnType<typeof watchmeQueues>;

/** All queues, for the system's output. */
export const allQueues = ({ features: ofFeatures, summary, analysis }: WatchmeQueues) => [
  ...Object.values(ofFeatures).flatMap(({ target, other }) =>
    other === undefined ? [target] : [target, other],
  ),
  summary,
  analysis,
];
