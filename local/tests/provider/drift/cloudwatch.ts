import type { PutCompositeAlarmInput, PutMetricAlarmInput } from "@aws-sdk/client-cloudwatch";
import { each, type ByHand, type Drift } from "./drift";
import { arnOf } from "../surroundings";

const topic = "arn:aws:sns:ap-northeast-1:123456789012:alerts";
const otherTopic = "arn:aws:sns:ap-northeast-1:123456789012:by-hand";

/** An alarm as it is, but for what is said. */
const metricAlarm = (table: Record<string, Partial<PutMetricAlarmInput>>) =>
  each(table, async ({ cloudWatch }, AlarmName, changed) => {
    const { MetricAlarms } = await cloudWatch.describeAlarms({ AlarmNames: [AlarmName] });
    await cloudWatch.putMetricAlarm({
      ...(MetricAlarms?.[0] as PutMetricAlarmInput),
      ...changed,
    });
  });

type Queries = NonNullable<PutMetricAlarmInput["Metrics"]>;

/** A metric math alarm as it is, but for one of its queries. */
const query = (table: Record<string, (queries: Queries) => void>) =>
  each(table, async ({ cloudWatch }, AlarmName, change) => {
    const { MetricAlarms } = await cloudWatch.describeAlarms({ AlarmNames: [AlarmName] });
    const { Metrics = [], ...alarm } = MetricAlarms?.[0] as PutMetricAlarmInput;
    change(Metrics);
    await cloudWatch.putMetricAlarm({ ...alarm, Metrics });
  });

const compositeAlarm = (table: Record<string, Partial<PutCompositeAlarmInput>>) =>
  each(table, async ({ cloudWatch }, AlarmName, changed) => {
    const { CompositeAlarms } = await cloudWatch.describeAlarms({
      AlarmNames: [AlarmName],
      AlarmTypes: ["CompositeAlarm"],
    });
    await cloudWatch.putCompositeAlarm({
      ...(CompositeAlarms?.[0] as PutCompositeAlarmInput),
      ...changed,
    });
  });

const tagAlarm: ByHand = async ({ cloudWatch }, id, { account = "" }) =>
  cloudWatch.tagResource({
    ResourceARN: `${account}:${id}`,
    Tags: [{ Key: "Severity", Value: "by hand" }],
  });

const removals: Drift["removals"] = {
  it: ({ cloudWatch }, AlarmName) => cloudWatch.deleteAlarms({ AlarmNames: [AlarmName] }),
};
const prepare: Drift["prepare"] = (under) =>
  Promise.resolve({ account: arnOf(under, "cloudwatch", "alarm") });

const common = {
  comparisonOperator: "GreaterThanThreshold",
  evaluationPeriods: 3,
};

export const cloudwatchDrifts: Drift[] = [
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    prepare,
    inputs: {
      ...common,
      name: "dlq-depth",
      alarmDescription: "Dead letters",
      namespace: "AWS/SQS",
      metricName: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: "files-dlq" },
      statistic: "Maximum",
      unit: "Count",
      period: 60,
      datapointsToAlarm: 3,
      threshold: 10,
      alarmActions: [topic],
      okActions: [topic],
      insufficientDataActions: [topic],
      tags: { Severity: "critical" },
    },
    byHand: {
      ...metricAlarm({
        alarmActions: { AlarmActions: [otherTopic] },
        okActions: { OKActions: [] },
        insufficientDataActions: { InsufficientDataActions: [topic, otherTopic] },
        alarmDescription: { AlarmDescription: "by hand" },
        comparisonOperator: { ComparisonOperator: "LessThanThreshold" },
        evaluationPeriods: { EvaluationPeriods: 30 },
        datapointsToAlarm: { DatapointsToAlarm: 1 },
        threshold: { Threshold: 0 },
        metricName: { MetricName: "NumberOfMessagesSent" },
        namespace: { Namespace: "ByHand" },
        period: { Period: 300 },
        statistic: { Statistic: "Sum" },
        unit: { Unit: "Seconds" },
        dimensions: { Dimensions: [{ Name: "QueueName", Value: "other" }] },
        treatMissingData: { TreatMissingData: "ignore" },
      }),
      actionsEnabled: ({ cloudWatch }, id) => cloudWatch.disableAlarmActions({ AlarmNames: [id] }),
      tags: tagAlarm,
    },
    removals,
  },
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    variant: "on a percentile",
    inputs: {
      ...common,
      name: "slow",
      namespace: "Files",
      metricName: "Seconds",
      extendedStatistic: "p99",
      evaluateLowSampleCountPercentiles: "ignore",
      period: 60,
      threshold: 10,
    },
    byHand: metricAlarm({
      extendedStatistic: { ExtendedStatistic: "p50" },
      evaluateLowSampleCountPercentiles: { EvaluateLowSampleCountPercentile: "evaluate" },
    }),
    removals,
  },
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    variant: "on metric math",
    inputs: {
      ...common,
      name: "error-rate",
      threshold: 5,
      metricQueries: [
        { id: "rate", expression: "100 * failed", label: "Rate", returnData: true, period: 60 },
        {
          id: "failed",
          accountId: "123456789012",
          metric: {
            namespace: "Files",
            metricName: "Failed",
            period: 60,
            stat: "Sum",
            unit: "Count",
            dimensions: { Queue: "files" },
          },
        },
      ],
    },
    byHand: query({
      "metricQueries.id": ([, failed]) => Object.assign(failed ?? {}, { Id: "other" }),
      "metricQueries.expression": ([rate]) => Object.assign(rate ?? {}, { Expression: "0" }),
      "metricQueries.label": ([rate]) => Object.assign(rate ?? {}, { Label: "by hand" }),
      "metricQueries.returnData": ([, failed]) => Object.assign(failed ?? {}, { ReturnData: true }),
      "metricQueries.period": ([rate]) => Object.assign(rate ?? {}, { Period: 300 }),
      "metricQueries.accountId": ([, failed]) =>
        Object.assign(failed ?? {}, { AccountId: "210987654321" }),
      "metricQueries.metric.metricName": ([, failed]) =>
        Object.assign(failed?.MetricStat?.Metric ?? {}, { MetricName: "Done" }),
      "metricQueries.metric.namespace": ([, failed]) =>
        Object.assign(failed?.MetricStat?.Metric ?? {}, { Namespace: "ByHand" }),
      "metricQueries.metric.dimensions": ([, failed]) =>
        Object.assign(failed?.MetricStat?.Metric ?? {}, { Dimensions: [] }),
      "metricQueries.metric.period": ([, failed]) =>
        Object.assign(failed?.MetricStat ?? {}, { Period: 300 }),
      "metricQueries.metric.stat": ([, failed]) =>
        Object.assign(failed?.MetricStat ?? {}, { Stat: "Average" }),
      "metricQueries.metric.unit": ([, failed]) =>
        Object.assign(failed?.MetricStat ?? {}, { Unit: "Seconds" }),
    }),
    removals,
  },
  {
    type: "aws:cloudwatch/metricAlarm:MetricAlarm",
    variant: "on anomalies",
    inputs: {
      name: "unusual",
      comparisonOperator: "GreaterThanUpperThreshold",
      evaluationPeriods: 3,
      thresholdMetricId: "band",
      metricQueries: [
        { id: "band", expression: "ANOMALY_DETECTION_BAND(files)", returnData: true },
        {
          id: "files",
          returnData: true,
          metric: { namespace: "Files", metricName: "Done", period: 60, stat: "Sum" },
        },
      ],
    },
    byHand: metricAlarm({ thresholdMetricId: { ThresholdMetricId: "files" } }),
    removals,
  },
  {
    type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    prepare: async (under) => {
      for (const AlarmName of ["one", "two"]) {
        await under.clients.cloudWatch.putMetricAlarm({
          AlarmName,
          Namespace: "Files",
          MetricName: AlarmName,
          Statistic: "Sum",
          Period: 60,
          EvaluationPeriods: 1,
          ComparisonOperator: "GreaterThanThreshold",
          Threshold: 1,
        });
      }
      return { account: arnOf(under, "cloudwatch", "alarm") };
    },
    inputs: {
      alarmName: "either",
      alarmDescription: "One of two",
      alarmRule: "ALARM(one) OR ALARM(two)",
      alarmActions: [topic],
      okActions: [topic],
      insufficientDataActions: [topic],
      actionsSuppressor: { alarm: "one", extensionPeriod: 60, waitPeriod: 120 },
      tags: { Severity: "critical" },
    },
    fixed: ["alarmName"],
    byHand: {
      ...compositeAlarm({
        alarmActions: { AlarmActions: [otherTopic] },
        okActions: { OKActions: [] },
        insufficientDataActions: { InsufficientDataActions: [topic, otherTopic] },
        alarmDescription: { AlarmDescription: "by hand" },
        alarmRule: { AlarmRule: "ALARM(two)" },
        "actionsSuppressor.alarm": { ActionsSuppressor: "two" },
        "actionsSuppressor.extensionPeriod": { ActionsSuppressorExtensionPeriod: 1 },
        "actionsSuppressor.waitPeriod": { ActionsSuppressorWaitPeriod: 1 },
      }),
      actionsEnabled: ({ cloudWatch }, id) => cloudWatch.disableAlarmActions({ AlarmNames: [id] }),
      tags: tagAlarm,
    },
    removals,
  },
  {
    type: "aws:cloudwatch/dashboard:Dashboard",
    inputs: { dashboardName: "files", dashboardBody: JSON.stringify({ widgets: [] }) },
    fixed: ["dashboardName"],
    byHand: {
      dashboardBody: ({ cloudWatch }, DashboardName) =>
        cloudWatch.putDashboard({
          DashboardName,
          DashboardBody: JSON.stringify({
            widgets: [{ type: "text", width: 6, properties: { markdown: "by hand" } }],
          }),
        }),
    },
    removals: {
      it: ({ cloudWatch }, id) => cloudWatch.deleteDashboards({ DashboardNames: [id] }),
    },
  },
];
