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

/** The function that notifies Slack, and a queue for the notices that Slack did not take. That queue's alarm
 *  goes to Slack as well, which may just not work: that is why critical alarms also go by e-mail. */
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
      entry: join(__dirname, "slack-notifier/handler.ts"),
      topics: { warning: { arn: topicArns.warning }, critical: { arn: topicArns.critical } },
      // Up to 75 seconds until the critical alarm fires, then four attempts of five seconds and the pauses
      // between.
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
