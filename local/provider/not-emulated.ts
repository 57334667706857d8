/** What the embedded cloud cannot hold, in one place. `docs/local.md` tells the same to people. */

/** Types that are recorded in the state, warned about, and nowhere else. */
export const notEmulatedTypes: Readonly<Record<string, string>> = {
  "aws:ssm/document:Document": "the embedded cloud has no SSM documents",
  "aws:synthetics/canary:Canary": "the embedded cloud has no Synthetics",
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration":
    "the embedded cloud has no chat client",
};

/** Properties that are accepted and recorded, warned about, and never sent. */
export const notEmulatedProperties: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "aws:autoscaling/group:Group": {
    enabledMetrics: "EnableMetricsCollection is missing",
  },
};

/** Properties that the embedded cloud takes but does not give back, or does not give back as they were:
 *  a read keeps what was recorded instead of inventing drift, so a change of these by hand is not seen.
 *  Paths without indexes; a path covers all beneath it. */
export const notReadBack: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    metricQueries: "the metrics of a metric-math alarm are lost",
  },
  "aws:autoscaling/group:Group": {
    mixedInstancesPolicy: "lost",
  },
};

/** Properties that steer the provider and exist nowhere in the cloud, on AWS neither. */
export const onlyRecorded: Readonly<Record<string, readonly string[]>> = {
  "aws:s3/bucket:Bucket": ["forceDestroy"],
};
