const bucket = (name: string) => [
  `queuefleet:bucket:PrivateBucket::${name}`,
  ...[
    `bucket:Bucket::${name}`,
    `bucketVersioning:BucketVersioning::${name}-versioning`,
    `bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration::${name}-encryption`,
    `bucketPublicAccessBlock:BucketPublicAccessBlock::${name}-closed`,
    `bucketOwnershipControls:BucketOwnershipControls::${name}-ownership`,
    `bucketLifecycleConfiguration:BucketLifecycleConfiguration::${name}-lifecycle`,
    `bucketPolicy:BucketPolicy::${name}-policy`,
  ].map((rest) => `queuefleet:bucket:PrivateBucket$aws:s3/${rest}`),
];

const children = (component: string, name: string, resources: string[]) => [
  `${component}::${name}`,
  ...resources.map((rest) => `${component}$aws:${rest}`),
];

const alarms = (prefix: string, keys: string[]) =>
  keys.map((key) => `cloudwatch/metricAlarm:MetricAlarm::${prefix}-${key}`);

/** Every URN of file-search after its project. A change here deletes and creates what is deployed. */
export const fileSearchUrns = (stack: string): string[] => [
  ...bucket("uploads"),
  ...bucket("scripts"),
  "aws:s3/bucketNotification:BucketNotification::uploads-to-files",
  "aws:cloudwatch/dashboard:Dashboard::dashboard",
  ...children("queuefleet:queue:MonitoredQueue", "files", [
    "sqs/queue:Queue::files-queue",
    "sqs/queue:Queue::files-dlq",
    ...alarms("files", [
      "queue-depth-warning",
      "queue-depth-critical",
      "dlq-depth-warning",
      "dlq-depth-critical",
      "oldest-message-age",
      "stalled",
      "in-flight",
    ]),
  ]),
  ...children("queuefleet:fleet:WorkerFleet", "workers", [
    "s3/bucketObjectv2:BucketObjectv2::workers-bundle",
    "cloudwatch/logGroup:LogGroup::workers-logs",
    "cloudwatch/logMetricFilter:LogMetricFilter::workers-error-logs",
    "cloudwatch/logMetricFilter:LogMetricFilter::workers-crashes",
    "iam/role:Role::workers-role",
    "iam/rolePolicy:RolePolicy::workers-role-policy",
    "iam/instanceProfile:InstanceProfile::workers-profile",
    "ec2/securityGroup:SecurityGroup::workers-network",
    "ec2/launchTemplate:LaunchTemplate::workers-template",
    "autoscaling/group:Group::workers-group",
    "autoscaling/lifecycleHook:LifecycleHook::workers-worker-works",
    "autoscaling/lifecycleHook:LifecycleHook::workers-finish-work",
    // dev has one machine, at least and at most: there is nothing to scale.
    ...(stack === "prod" ? ["autoscaling/policy:Policy::workers-backlog"] : []),
    "ssm/document:Document::workers-switch-bundle",
    "sqs/queue:Queue::workers-release-guard-dlq",
    "cloudwatch/logGroup:LogGroup::workers-release-guard-logs",
    "iam/role:Role::workers-release-guard-role",
    "iam/rolePolicy:RolePolicy::workers-release-guard-role-policy",
    "lambda/function:Function::workers-release-guard",
    "lambda/alias:Alias::workers-release-guard-live",
    "lambda/permission:Permission::workers-release-guard-critical-permission",
    "sns/topicSubscription:TopicSubscription::workers-release-guard-critical",
    ...alarms("workers", [
      "message-delete-failed",
      "release-failing",
      "launch-stuck",
      "worker-silent",
      "machines-warning",
      "machines-critical",
      "error-logs-warning",
      "error-logs-critical",
      "release-guard-failed",
    ]),
  ]),
  ...children("queuefleet:alerts:AlertHub", "alerts", [
    "kms/key:Key::alerts-key",
    "kms/alias:Alias::alerts-key-alias",
    "sns/topic:Topic::alerts-warning",
    "sns/topic:Topic::alerts-critical",
    `sns/topicSubscription:TopicSubscription::alerts-critical-cis-filesearch${stack === "prod" ? "" : `-${stack}`}@example.com`,
    "sqs/queue:Queue::alerts-slack-dlq",
    "cloudwatch/logGroup:LogGroup::alerts-slack-logs",
    "iam/role:Role::alerts-slack-role",
    "iam/rolePolicy:RolePolicy::alerts-slack-role-policy",
    "lambda/function:Function::alerts-slack",
    "lambda/alias:Alias::alerts-slack-live",
    "lambda/permission:Permission::alerts-slack-warning-permission",
    "lambda/permission:Permission::alerts-slack-critical-permission",
    "sns/topicSubscription:TopicSubscription::alerts-slack-warning",
    "sns/topicSubscription:TopicSubscription::alerts-slack-critical",
    ...alarms("alerts-slack", ["notices-lost"]),
  ]),
];
