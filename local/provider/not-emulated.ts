/** What the embedded cloud cannot hold, in one place. `docs/local.md` tells the same to people. */

type ByType = Readonly<Record<string, string>>;
type ByProperty = Readonly<Record<string, ByType>>;

/** Types that are recorded in the state, warned about, and nowhere else. */
export const notEmulatedTypes: ByType = {
  "aws:ssm/document:Document": "the embedded cloud has no SSM documents",
  "aws:synthetics/canary:Canary": "the embedded cloud has no Synthetics",
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration":
    "the embedded cloud has no chat client",
};

/** Properties that are accepted and recorded, warned about, and never sent. */
export const notEmulatedProperties: ByProperty = {
  "aws:autoscaling/group:Group": {
    enabledMetrics: "EnableMetricsCollection is missing",
    suspendedProcesses: "SuspendProcesses is missing",
  },
};

/** Properties that the embedded cloud takes but does not give back as they were: a read keeps what was
 *  recorded instead of inventing drift, so a change of these by hand is not seen.
 *  Paths without indexes; a path covers all beneath it. */
export const notReadBack: ByProperty = {
  "aws:autoscaling/group:Group": {
    mixedInstancesPolicy: "lost",
    defaultInstanceWarmup: "lost",
    capacityRebalance: "lost",
    maxInstanceLifetime: "lost",
    instanceMaintenancePolicy: "lost",
    targetGroupArns: "lost",
    terminationPolicies: "an update of it is lost",
    protectFromScaleIn: "an update of it is lost",
  },
  "aws:autoscaling/lifecycleHook:LifecycleHook": {
    notificationTargetArn: "lost",
    roleArn: "lost",
  },
};

/** Properties that steer the provider and exist nowhere in the cloud, on AWS neither. */
export const onlyRecorded: Readonly<Record<string, readonly string[]>> = {
  "aws:autoscaling/group:Group": [
    "forceDelete",
    "instanceRefresh",
    "metricsGranularity",
    "waitForCapacityTimeout",
  ],
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": [
    "expectedBucketOwner",
  ],
  "aws:s3/bucketVersioning:BucketVersioning": ["expectedBucketOwner", "mfa"],
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ["expectedBucketOwner"],
};
