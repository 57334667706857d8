import type { Alerting } from "../../components/alarms/alerting";
import { bucketNotification, PrivateBucket, type KeptInBucket } from "../../components/bucket";
import type { Deployment } from "../../components/deployment";
import { MonitoredQueue } from "../../components/queue";
import type { FileSearchConfig } from "./config";
import type { physicalNames } from "./names";

/** What makes a document appear, change or go. */
const documentEvents = ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"];

interface StorageArgs {
  config: FileSearchConfig;
  names: ReturnType<typeof physicalNames>;
  deployment: Deployment;
  alerting: Alerting;
}

/** The buckets and the queue: what may exist before the first update. */
export function fileStorage({ config, names, deployment, alerting }: StorageArgs) {
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
    target: { queueArn: files.arn },
    events: documentEvents,
    adopt: config.adopt,
    kept: config.kept?.["uploads-to-files"],
    removed: config.removed,
    dependsOn: [files.queue],
  });
  return { uploads, scripts, files };
}
