import { join } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import type { Alerting } from "../alarms/alerting";
import { arnOf } from "../deployment";
import { topicFunction } from "../function";
import { allow } from "../iam";
import type { AlertHubArgs } from "./alert-hub-arguments";

type SlackArgs = Pick<AlertHubArgs, "deployment" | "prefix"> & {
  slack: NonNullable<AlertHubArgs["slack"]>;
  alerting: Alerting;
  topicArns: Record<Severity, pulumi.Input<string>>;
};

/** The function that sends notices to Slack, and a dead-letter queue for the notices that Slack did not accept.
 *  The alarm on that queue is also sent to Slack, which may be the part that fails. For that reason critical
 *  alarms are also sent by e-mail. */
export const slackFunction = (
  name: string,
  { deployment, prefix, slack, alerting, topicArns }: SlackArgs,
  parent: pulumi.Resource,
) =>
  topicFunction(
    name,
    {
      deployment,
      functionName: `${prefix}-slack-notifier`,
      entry: join(__dirname, "notifier/handler.ts"),
      topics: { warning: { arn: topicArns.warning }, critical: { arn: topicArns.critical } },
      // Up to 75 seconds of waiting for the critical alarm, then four attempts of five seconds each and the
      // pauses between them.
      timeoutSeconds: 150,
      variables: {
        WEBHOOK_PARAMETER: slack.webhookParameter,
        NOTICE_LANGUAGE: alerting.language,
      },
      rights: {
        name: "notifier",
        statements: [
          allow(
            "ReadWebhook",
            ["ssm:GetParameter"],
            arnOf(deployment, "ssm", `parameter${slack.webhookParameter}`),
          ),
          allow(
            "LookAtAlarms",
            ["cloudwatch:DescribeAlarms"],
            arnOf(deployment, "cloudwatch", "alarm:*"),
          ),
        ],
      },
      logRetentionDays: slack.logRetentionDays,
      alarm: {
        key: "notices-lost",
        runbook: "notices-lost",
        meaning: {
          en: "Notices did not reach Slack and wait in the notifier's dead-letter queue.",
          ja: "Slackに届かなかった通知がデッドレターキューに残っています。",
        },
      },
      alerting,
    },
    parent,
  );
