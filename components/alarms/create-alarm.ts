import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { arnOf, standardTags, type Deployment } from "../deployment";
import type { AlarmSpec, Metric, Severity, Threshold } from "./alarm-spec";
import type { Alerting } from "./alerting";

export interface DeployedAlarm {
  name: string;
  arn: string;
  severity: Severity;
  runbookUrl: string;
  meaning: string;
}

/** An alarm that a component created. */
export interface CreatedAlarm {
  key: string;
  resource: pulumi.Resource;
  deployed: DeployedAlarm;
}

/** What every alarm of a component has in common. */
export interface AlarmContext {
  /** Physical name of the watched resource. The alarm's name begins with it. */
  subject: string;
  deployment: Deployment;
  alerting: Alerting;
  /** What reports the metric. An alarm for which missing data is bad is created after it. */
  after?: pulumi.Resource[];
}

const operators = {
  above: "GreaterThanThreshold",
  atLeast: "GreaterThanOrEqualToThreshold",
  below: "LessThanThreshold",
  atMost: "LessThanOrEqualToThreshold",
} as const;

function comparison(threshold: Threshold): { comparisonOperator: string; threshold: number } {
  const [[kind, value] = []] = Object.entries(threshold) as [keyof typeof operators, number][];
  if (kind === undefined || value === undefined) throw new Error("An alarm needs a threshold.");
  return { comparisonOperator: operators[kind], threshold: value };
}

const query = (metric: Metric, periodSeconds: number) => ({
  namespace: metric.namespace,
  metricName: metric.name,
  stat: metric.statistic,
  period: periodSeconds,
  dimensions: metric.dimensions,
});

function measure(spec: AlarmSpec): Partial<aws.cloudwatch.MetricAlarmArgs> {
  const { periodSeconds } = spec.datapoints;
  if ("metric" in spec) {
    const { namespace, name, statistic, dimensions } = spec.metric;
    const isPercentile = /^(p|tm|wm)\d/.test(statistic);
    return {
      namespace,
      metricName: name,
      dimensions,
      period: periodSeconds,
      ...(isPercentile ? { extendedStatistic: statistic } : { statistic }),
    };
  }
  return {
    metricQueries: [
      { id: "result", expression: spec.expression, label: spec.label, returnData: true },
      ...Object.entries(spec.metrics).map(([id, metric]) => ({
        id,
        metric: query(metric, periodSeconds),
        returnData: false,
      })),
    ],
  };
}

export const runbookUrl = (alerting: Alerting, runbook: string): string =>
  `${alerting.runbookBaseUrl.replace(/\/+$/, "")}/${runbook}.md`;

/** Shown in the console. The notifier parses it line by line. */
export const alarmDescription = (spec: AlarmSpec, alerting: Alerting): string =>
  [
    spec.meaning[alerting.language],
    `Severity: ${spec.severity}`,
    `Owner: ${alerting.owner}`,
    `Runbook: ${runbookUrl(alerting, spec.runbook)}`,
    ...(spec.command === undefined ? [] : [`Command: ${spec.command}`]),
  ].join("\n");

/** Creates the alarm that a spec describes. The topic is notified when the alarm starts and when it ends. */
export function createAlarm(
  logicalName: string,
  spec: AlarmSpec,
  { subject, deployment, alerting, after }: AlarmContext,
  parent: pulumi.Resource,
): CreatedAlarm {
  const name = `${subject}-${spec.key}`;
  const topic = alerting.topics[spec.severity];
  const alarm = new aws.cloudwatch.MetricAlarm(
    logicalName,
    {
      name,
      alarmDescription: alarmDescription(spec, alerting),
      ...comparison(spec.threshold),
      ...measure(spec),
      evaluationPeriods: spec.datapoints.of,
      datapointsToAlarm: spec.datapoints.breaching,
      treatMissingData: spec.missingData,
      alarmActions: [topic],
      okActions: [topic],
      tags: {
        ...standardTags(deployment),
        Severity: spec.severity,
        Owner: alerting.owner,
        Runbook: runbookUrl(alerting, spec.runbook),
      },
    },
    { parent, ...(after && { dependsOn: after }) },
  );
  return {
    resource: alarm,
    key: spec.key,
    deployed: {
      name,
      arn: arnOf(deployment, "cloudwatch", `alarm:${name}`),
      severity: spec.severity,
      runbookUrl: runbookUrl(alerting, spec.runbook),
      meaning: spec.meaning[alerting.language],
    },
  };
}
