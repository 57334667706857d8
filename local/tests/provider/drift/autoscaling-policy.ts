import type { ScalingPolicy } from "@aws-sdk/client-auto-scaling";
import { each, type Drift } from "./drift";
import { removeGroup } from "./autoscaling";
import { newGroup } from "../surroundings";

/** A policy as it is, but for what is said. */
const put = (table: Record<string, (policy: ScalingPolicy) => object>) =>
  each(table, async ({ autoScaling }, PolicyName, change, { group }) => {
    const { ScalingPolicies } = await autoScaling.describePolicies({
      AutoScalingGroupName: group,
      PolicyNames: [PolicyName],
    });
    const policy = ScalingPolicies?.find((one) => one.PolicyName === PolicyName) ?? {};
    await autoScaling.putScalingPolicy({
      PolicyName,
      AutoScalingGroupName: group,
      PolicyType: policy.PolicyType,
      AdjustmentType: policy.AdjustmentType,
      ScalingAdjustment: policy.ScalingAdjustment,
      Cooldown: policy.Cooldown,
      Enabled: policy.Enabled,
      EstimatedInstanceWarmup: policy.EstimatedInstanceWarmup,
      MetricAggregationType: policy.MetricAggregationType,
      MinAdjustmentMagnitude: policy.MinAdjustmentMagnitude,
      StepAdjustments: policy.StepAdjustments,
      TargetTrackingConfiguration: policy.TargetTrackingConfiguration,
      ...change(policy),
    });
  });
const tracking = (changed: object) => (policy: ScalingPolicy) => ({
  TargetTrackingConfiguration: { ...policy.TargetTrackingConfiguration, ...changed },
});
const custom = (changed: object) => (policy: ScalingPolicy) =>
  tracking({
    CustomizedMetricSpecification: {
      ...policy.TargetTrackingConfiguration?.CustomizedMetricSpecification,
      ...changed,
    },
  })(policy);
const removePolicy: Drift["removals"] = {
  it: ({ autoScaling }, PolicyName, { group }) =>
    autoScaling.deletePolicy({ PolicyName, AutoScalingGroupName: group }),
  "its group": (clients, _id, { group = "" }) => removeGroup(clients, group, {}),
};

const waiting = {
  Id: "waiting",
  Label: "Messages waiting",
  MetricStat: {
    Metric: {
      Namespace: "AWS/SQS",
      MetricName: "ApproximateNumberOfMessagesVisible",
      Dimensions: [{ Name: "QueueName", Value: "files" }],
    },
    Stat: "Maximum",
    Unit: "Count",
    Period: 60,
  },
  ReturnData: false,
};
const backlog = { Id: "backlog", Expression: "waiting / 1", ReturnData: true };
const metrics = (...changed: object[]) =>
  custom({ Metrics: [waiting, backlog].map((one, index) => ({ ...one, ...changed[index] })) });
const stat = (changed: object) => metrics({ MetricStat: { ...waiting.MetricStat, ...changed } });
const metric = (changed: object) => stat({ Metric: { ...waiting.MetricStat.Metric, ...changed } });

const policy = "aws:autoscaling/policy:Policy";
/** The embedded cloud names a policy anew with every put. */
const policyCounters = ["arn"];
const path = (...names: string[]) =>
  ["targetTrackingConfiguration", "customizedMetricSpecification", ...names].join(".");

export const autoscalingPolicyDrifts: Drift[] = [
  {
    type: policy,
    counters: policyCounters,
    variant: "step scaling",
    prepare: (under) => newGroup(under, "stepping"),
    inputs: ({ group = "" }) => ({
      name: "steps",
      autoscalingGroupName: group,
      policyType: "StepScaling",
      adjustmentType: "PercentChangeInCapacity",
      estimatedInstanceWarmup: 60,
      metricAggregationType: "Average",
      minAdjustmentMagnitude: 1,
      stepAdjustments: [
        {
          metricIntervalLowerBound: "0",
          metricIntervalUpperBound: "10",
          scalingAdjustment: 1,
        },
        { metricIntervalLowerBound: "10", scalingAdjustment: 2 },
      ],
    }),
    fixed: ["autoscalingGroupName"],
    byHand: {
      ...put({
        adjustmentType: () => ({ AdjustmentType: "ChangeInCapacity" }),
        enabled: () => ({ Enabled: false }),
        estimatedInstanceWarmup: () => ({ EstimatedInstanceWarmup: 900 }),
        metricAggregationType: () => ({ MetricAggregationType: "Maximum" }),
        minAdjustmentMagnitude: () => ({ MinAdjustmentMagnitude: 9 }),
      }),
      ...each(
        {
          "stepAdjustments.scalingAdjustment": [0, 10, 100],
          "stepAdjustments.metricIntervalLowerBound": [5, 10, 1],
          "stepAdjustments.metricIntervalUpperBound": [0, 5, 1],
        },
        async ({ autoScaling }, PolicyName, [lower, upper, adjustment], { group }) =>
          autoScaling.putScalingPolicy({
            PolicyName,
            AutoScalingGroupName: group,
            PolicyType: "StepScaling",
            AdjustmentType: "PercentChangeInCapacity",
            EstimatedInstanceWarmup: 60,
            MetricAggregationType: "Average",
            MinAdjustmentMagnitude: 1,
            StepAdjustments: [
              {
                MetricIntervalLowerBound: lower,
                MetricIntervalUpperBound: upper,
                ScalingAdjustment: adjustment,
              },
              { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
            ],
          }),
      ),
    },
    removals: removePolicy,
  },
  {
    type: policy,
    counters: policyCounters,
    variant: "simple scaling",
    prepare: (under) => newGroup(under, "simple"),
    inputs: ({ group = "" }) => ({
      name: "simple",
      autoscalingGroupName: group,
      adjustmentType: "ChangeInCapacity",
      scalingAdjustment: 1,
      cooldown: 60,
    }),
    // Each kind of policy has properties of its own.
    changesWith: { policyType: ["scalingAdjustment", "cooldown", "stepAdjustments"] },
    byHand: {
      ...put({
        scalingAdjustment: () => ({ ScalingAdjustment: 10 }),
        cooldown: () => ({ Cooldown: 900 }),
      }),
      policyType: ({ autoScaling }, PolicyName, { group }) =>
        autoScaling.putScalingPolicy({
          PolicyName,
          AutoScalingGroupName: group,
          PolicyType: "StepScaling",
          AdjustmentType: "ChangeInCapacity",
          StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
        }),
    },
    removals: removePolicy,
  },
  {
    type: policy,
    counters: policyCounters,
    variant: "tracking a predefined metric",
    prepare: (under) => newGroup(under, "predefined"),
    inputs: ({ group = "" }) => ({
      name: "requests",
      autoscalingGroupName: group,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        targetValue: 50,
        predefinedMetricSpecification: {
          predefinedMetricType: "ALBRequestCountPerTarget",
          resourceLabel: "app/one",
        },
      },
    }),
    byHand: put({
      "targetTrackingConfiguration.targetValue": tracking({ TargetValue: 5000 }),
      "targetTrackingConfiguration.disableScaleIn": tracking({ DisableScaleIn: true }),
      "targetTrackingConfiguration.predefinedMetricSpecification.predefinedMetricType": tracking({
        PredefinedMetricSpecification: {
          PredefinedMetricType: "ASGAverageCPUUtilization",
          ResourceLabel: "app/one",
        },
      }),
      "targetTrackingConfiguration.predefinedMetricSpecification.resourceLabel": tracking({
        PredefinedMetricSpecification: {
          PredefinedMetricType: "ALBRequestCountPerTarget",
          ResourceLabel: "app/two",
        },
      }),
    }),
    removals: removePolicy,
  },
  {
    type: policy,
    counters: policyCounters,
    variant: "tracking a metric of its own",
    prepare: (under) => newGroup(under, "custom"),
    inputs: ({ group = "" }) => ({
      name: "custom",
      autoscalingGroupName: group,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        targetValue: 50,
        customizedMetricSpecification: {
          namespace: "Files",
          metricName: "Waiting",
          statistic: "Maximum",
          unit: "Count",
          period: 60,
          metricDimensions: [{ name: "Queue", value: "files" }],
        },
      },
    }),
    byHand: put({
      [path("namespace")]: custom({ Namespace: "ByHand" }),
      [path("metricName")]: custom({ MetricName: "Done" }),
      [path("statistic")]: custom({ Statistic: "Sum" }),
      [path("unit")]: custom({ Unit: "Seconds" }),
      [path("period")]: custom({ Period: 30 }),
      [path("metricDimensions", "name")]: custom({
        Dimensions: [{ Name: "Topic", Value: "files" }],
      }),
      [path("metricDimensions", "value")]: custom({
        Dimensions: [{ Name: "Queue", Value: "other" }],
      }),
    }),
    removals: removePolicy,
  },
  {
    type: policy,
    counters: policyCounters,
    variant: "tracking metric math",
    prepare: (under) => newGroup(under, "math"),
    inputs: ({ group = "" }) => ({
      name: "backlog",
      autoscalingGroupName: group,
      policyType: "TargetTrackingScaling",
      targetTrackingConfiguration: {
        targetValue: 100,
        customizedMetricSpecification: {
          metrics: [
            {
              id: "waiting",
              label: "Messages waiting",
              metricStat: {
                metric: {
                  namespace: "AWS/SQS",
                  metricName: "ApproximateNumberOfMessagesVisible",
                  dimensions: [{ name: "QueueName", value: "files" }],
                },
                stat: "Maximum",
                unit: "Count",
                period: 60,
              },
              returnData: false,
            },
            { id: "backlog", expression: "waiting / 1" },
          ],
        },
      },
    }),
    byHand: put({
      [path("metrics", "id")]: metrics({}, { Id: "byHand" }),
      [path("metrics", "expression")]: metrics({}, { Expression: "0" }),
      [path("metrics", "label")]: metrics({ Label: "by hand" }),
      [path("metrics", "returnData")]: metrics({ ReturnData: true }),
      [path("metrics", "metricStat", "stat")]: stat({ Stat: "Sum" }),
      [path("metrics", "metricStat", "unit")]: stat({ Unit: "Seconds" }),
      [path("metrics", "metricStat", "period")]: stat({ Period: 10 }),
      [path("metrics", "metricStat", "metric", "namespace")]: metric({ Namespace: "ByHand" }),
      [path("metrics", "metricStat", "metric", "metricName")]: metric({ MetricName: "ByHand" }),
      [path("metrics", "metricStat", "metric", "dimensions", "name")]: metric({
        Dimensions: [{ Name: "Topic", Value: "files" }],
      }),
      [path("metrics", "metricStat", "metric", "dimensions", "value")]: metric({
        Dimensions: [{ Name: "QueueName", Value: "other" }],
      }),
    }),
    removals: removePolicy,
  },
];
