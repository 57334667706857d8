import type { PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import { resourceType } from "../resource-type";
import {
  boolean,
  map,
  number,
  object,
  output,
  regional,
  required,
  set,
  string,
  tagged,
} from "../shape";
import { toTagList } from "../tags";
import {
  actions,
  actionsOf,
  actionsRequest,
  alarmTags,
  deleteAlarm,
  tagsOf,
} from "./cloudwatch-alarm-parts";

const toDimensions = (dimensions: Record<string, string> | undefined) =>
  dimensions === undefined
    ? undefined
    : Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
const fromDimensions = (list: { Name?: string; Value?: string }[] | undefined) =>
  Object.fromEntries((list ?? []).map(({ Name = "", Value = "" }) => [Name, Value]));

const metricAlarmShape = {
  ...regional,
  ...tagged,
  ...actions,
  name: string({ replaces: true, computed: true }),
  comparisonOperator: string(),
  evaluationPeriods: number({ range: [1, 86_400] }),
  datapointsToAlarm: number({ range: [1, 86_400] }),
  threshold: number(),
  thresholdMetricId: string(),
  metricName: string(),
  namespace: string(),
  period: number({ range: [10, 86_400] }),
  statistic: string({ oneOf: ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] }),
  extendedStatistic: string(),
  unit: string(),
  dimensions: map(string()),
  treatMissingData: string({
    default: "missing",
    oneOf: ["missing", "ignore", "breaching", "notBreaching"],
  }),
  evaluateLowSampleCountPercentiles: string({ computed: true, oneOf: ["evaluate", "ignore"] }),
  metricQueries: set(
    object({
      id: required(string()),
      expression: string(),
      label: string(),
      returnData: boolean({ default: false }),
      period: number(),
      accountId: string(),
      metric: object({
        metricName: required(string()),
        namespace: string(),
        period: required(number()),
        stat: required(string()),
        unit: string(),
        dimensions: map(string()),
      }),
    }),
    { key: "id" },
  ),
  arn: output(string()),
};

export const metricAlarm = resourceType({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  shape: metricAlarmShape,
  name: { property: "name", maxLength: 255 },
  check(inputs) {
    const faults: { property: string; reason: string }[] = [];
    const { metricName, metricQueries, statistic, extendedStatistic } = inputs;
    for (const property of ["comparisonOperator", "evaluationPeriods"]) {
      if (inputs[property] === undefined) {
        faults.push({ property, reason: `${property} is missing; it is required` });
      }
    }
    if (metricName === undefined && metricQueries === undefined) {
      faults.push({
        property: "metricName",
        reason: "neither metricName nor metricQueries is given; one of them is needed",
      });
    }
    if (metricName !== undefined && metricQueries !== undefined) {
      faults.push({
        property: "metricQueries",
        reason: "metricName and metricQueries are both given; they exclude each other",
      });
    }
    if (metricName !== undefined && statistic === undefined && extendedStatistic === undefined) {
      faults.push({
        property: "statistic",
        reason: "neither statistic nor extendedStatistic is given for metricName; one is needed",
      });
    }
    return faults;
  },
  /** Replaces the whole alarm; of one that exists already the service ignores the tags. */
  async put(inputs, { clients }) {
    await clients.cloudWatch.putMetricAlarm({
      ...alarmRequest(inputs),
      Tags: toTagList(inputs.tagsAll),
    });
    return inputs.name ?? "";
  },
  async read(id, { clients }) {
    const { MetricAlarms } = await clients.cloudWatch.describeAlarms({
      AlarmNames: [id],
      AlarmTypes: ["MetricAlarm"],
    });
    const alarm = MetricAlarms?.[0];
    if (alarm === undefined) return undefined;
    return {
      name: alarm.AlarmName,
      arn: alarm.AlarmArn,
      ...actionsOf(alarm),
      comparisonOperator: alarm.ComparisonOperator,
      evaluationPeriods: alarm.EvaluationPeriods,
      datapointsToAlarm: alarm.DatapointsToAlarm,
      threshold: alarm.Threshold,
      thresholdMetricId: alarm.ThresholdMetricId,
      metricName: alarm.MetricName,
      namespace: alarm.Namespace,
      period: alarm.Period,
      // An alarm has one or the other.
      statistic: alarm.ExtendedStatistic === undefined ? alarm.Statistic : undefined,
      extendedStatistic: alarm.ExtendedStatistic,
      unit: alarm.Unit,
      dimensions: fromDimensions(alarm.Dimensions),
      treatMissingData: alarm.TreatMissingData ?? "missing",
      evaluateLowSampleCountPercentiles: alarm.EvaluateLowSampleCountPercentile ?? "",
      metricQueries: alarm.Metrics?.map((query) => ({
        id: query.Id ?? "",
        expression: query.Expression,
        label: query.Label,
        returnData: query.ReturnData ?? false,
        period: query.Period,
        accountId: query.AccountId,
        metric:
          query.MetricStat === undefined
            ? undefined
            : {
                metricName: query.MetricStat.Metric?.MetricName ?? "",
                namespace: query.MetricStat.Metric?.Namespace,
                period: query.MetricStat.Period ?? 0,
                stat: query.MetricStat.Stat ?? "",
                unit: query.MetricStat.Unit,
                dimensions: fromDimensions(query.MetricStat.Metric?.Dimensions),
              },
      })),
      tagsAll: await tagsOf(clients, alarm.AlarmArn),
    };
  },
  tags: alarmTags,
  delete: deleteAlarm,
});

type AlarmInputs = Parameters<typeof metricAlarm.create>[0];

function alarmRequest(inputs: AlarmInputs): PutMetricAlarmCommandInput {
  return {
    AlarmName: inputs.name,
    ...actionsRequest(inputs),
    ComparisonOperator: inputs.comparisonOperator as "GreaterThanThreshold" | undefined,
    EvaluationPeriods: inputs.evaluationPeriods,
    DatapointsToAlarm: inputs.datapointsToAlarm,
    // A metric alarm without a threshold compares with 0.
    Threshold: inputs.thresholdMetricId === undefined ? (inputs.threshold ?? 0) : undefined,
    ThresholdMetricId: inputs.thresholdMetricId,
    MetricName: inputs.metricName,
    Namespace: inputs.namespace,
    Period: inputs.period,
    Statistic: inputs.statistic as "Sum" | undefined,
    ExtendedStatistic: inputs.extendedStatistic,
    Unit: inputs.unit as "Count" | undefined,
    Dimensions: toDimensions(inputs.dimensions),
    TreatMissingData: inputs.treatMissingData,
    EvaluateLowSampleCountPercentile: inputs.evaluateLowSampleCountPercentiles,
    Metrics: inputs.metricQueries?.map((query) => ({
      Id: query.id,
      Expression: query.expression,
      Label: query.label,
      ReturnData: query.returnData ?? false,
      Period: query.period,
      AccountId: query.accountId,
      MetricStat:
        query.metric === undefined
          ? undefined
          : {
              Metric: {
                MetricName: query.metric.metricName,
                Namespace: query.metric.namespace,
                Dimensions: toDimensions(query.metric.dimensions),
              },
              Period: query.metric.period,
              Stat: query.metric.stat,
              Unit: query.metric.unit as "Count" | undefined,
            },
    })),
  };
}
