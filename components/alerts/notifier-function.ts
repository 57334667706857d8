import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { AlarmSpec, Severity } from "../alarms/alarm-spec";
import type { Alerting } from "../alarms/alerting";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import { arnOf } from "../deployment";
import { topicFunction } from "../function";
import type { BundledFunction } from "../function/bundled-function";
import { lambdaMetric } from "../function/function-alarms";
import { allow, type Statement } from "../iam";
import { schedule } from "../schedule";
import { stateTable } from "../state-table";
import type { AlertHubArgs } from "./alert-hub-arguments";
import type { AlertTopic } from "./alert-topic";
import { defaultRepeatAfterMinutes } from "./notifier/rules";

type NotifierArgs = Pick<AlertHubArgs, "deployment" | "prefix" | "slack" | "repeatAfterMinutes"> & {
  /** Of the notifier's own alarms, which do not go through the notifier. */
  alerting: Alerting;
  topics: Record<"alarms" | "alerts", Record<Severity, AlertTopic>>;
  keyArn: pulumi.Input<string>;
};

/** Longest time of one call. Four attempts of five seconds each and the pauses between them are a third of it, and a call may
 *  send what became due meanwhile. */
const timeoutSeconds = 150;

/** The function that makes incidents of alarms and sends them to Slack and by e-mail, with its table and its schedule. Its own
 *  two alarms are sent by e-mail without it: notices that it could not send, and that it is not called any more. */
export function notifierFunction(
  name: string,
  args: NotifierArgs,
  parent: pulumi.Resource,
): { bundledFunction: BundledFunction; alarms: DeployedAlarm[] } {
  const { deployment, prefix, slack, alerting, topics } = args;
  const functionName = `${prefix}-slack-notifier`;
  // What it remembers is what e-mails say anyway, so the key that DynamoDB encrypts with by default is enough.
  const table = stateTable(
    `${name}-incidents`,
    { deployment, tableName: `${prefix}-incidents` },
    { parent },
  );
  const { bundledFunction, alarm } = topicFunction(
    name,
    {
      deployment,
      functionName,
      entry: join(__dirname, "notifier/handler.ts"),
      topics: {
        warning: { arn: topics.alarms.warning.topic.arn },
        critical: { arn: topics.alarms.critical.topic.arn },
      },
      timeoutSeconds,
      variables: {
        ...slackVariables(slack),
        NOTICE_LANGUAGE: alerting.language,
        SYSTEM: `${deployment.system} ${deployment.environment}`,
        INCIDENT_TABLE: table.tableName,
        TOPICS: JSON.stringify({ alarms: arns(topics.alarms), alerts: arns(topics.alerts) }),
        REPEAT_AFTER_MINUTES: String(args.repeatAfterMinutes ?? defaultRepeatAfterMinutes),
        TIMEOUT_SECONDS: String(timeoutSeconds),
      },
      rights: { name: "notifier", statements: rights(args, table.arn) },
      logRetentionDays: slack?.logRetentionDays,
      alarm: {
        key: "notices-lost",
        runbook: "notices-lost",
        meaning: {
          en: "Notices could not be sent and wait in the notifier's dead-letter queue.",
          ja: "送信できなかった通知がデッドレターキューに残っています。",
        },
      },
      alerting,
    },
    parent,
  );
  const ticks = schedule(
    `${name}-tick`,
    {
      deployment,
      scheduleName: `${prefix}-notifier`,
      expression: "rate(1 minute)",
      target: bundledFunction,
      input: { tick: true },
      description: "Sends reminders, collected alarms and the ends of incidents.",
    },
    parent,
  );
  const stopped = notCalled(functionName);
  // Before the first call all data is missing, which breaches.
  const context = { subject: functionName, deployment, alerting, after: [ticks] };
  return {
    bundledFunction,
    alarms: [alarm, createAlarm(`${name}-${stopped.key}`, stopped, context, parent).deployed],
  };
}

const arns = (topics: Record<Severity, AlertTopic>): Record<Severity, string> => ({
  warning: topics.warning.arn,
  critical: topics.critical.arn,
});

function slackVariables(slack: AlertHubArgs["slack"]): Record<string, string> {
  if (slack === undefined) return {};
  return "botTokenParameter" in slack
    ? { SLACK_TOKEN_PARAMETER: slack.botTokenParameter, SLACK_CHANNEL: slack.channel }
    : { WEBHOOK_PARAMETER: slack.webhookParameter };
}

function rights(
  { deployment, slack, topics, keyArn }: NotifierArgs,
  tableArn: string,
): Statement[] {
  const parameter =
    slack && ("botTokenParameter" in slack ? slack.botTokenParameter : slack.webhookParameter);
  return [
    ...(parameter === undefined
      ? []
      : [
          allow(
            "ReadSlackSecret",
            ["ssm:GetParameter"],
            arnOf(deployment, "ssm", `parameter${parameter}`),
          ),
        ]),
    allow("RememberIncidents", ["dynamodb:GetItem", "dynamodb:PutItem"], tableArn),
    // Composite alarms are only in answers to those who may see all alarms, and metrics are not resources.
    // Source: CloudWatch API, DescribeAlarms.
    allow("LookAtAlarms", ["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"], "*"),
    allow("SendMail", ["sns:Publish"], Object.values(arns(topics.alerts))),
    allow("SendMailEncrypted", ["kms:Decrypt", "kms:GenerateDataKey*"], keyArn),
  ];
}

/** Its schedule calls it every minute, so no call means: the schedule, its rights or the account's concurrency are gone. */
const notCalled = (functionName: string): AlarmSpec => ({
  key: "notices-stopped",
  severity: "critical",
  runbook: "notices-lost",
  meaning: {
    en: "The notifier has not been called for 15 minutes: alarms are not sent, or late.",
    ja: "通知関数が15分間呼び出されていません。アラームの通知が届かないか遅れています。",
  },
  metric: lambdaMetric(functionName, "Invocations", "Sum"),
  threshold: { below: 1 },
  datapoints: { breaching: 15, of: 15, periodSeconds: 60 },
  missingData: "breaching",
});
