import type * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import type { Alerting } from "../alarms/alerting";
import { noticesLost } from "../alarms/notice-alarms";
import { arnOf } from "../deployment";
import { allow } from "../iam";
import { topicFunction } from "../topic-function";
import type { AlertHubArgs } from "./alert-hub-arguments";

type Topics = Record<Severity, { topic: aws.sns.Topic; arn: string }>;
type SlackArgs = Pick<AlertHubArgs, "deployment" | "prefix"> & {
  slack: NonNullable<AlertHubArgs["slack"]>;
  alerting: Alerting;
};

/** The function that tells Slack, and a queue for the notices that Slack did not take. */
export const slackFunction = (
  name: string,
  { deployment, prefix, slack, alerting }: SlackArgs,
  topics: Topics,
  parent: pulumi.Resource,
) =>
  topicFunction(
    name,
    {
      deployment,
      functionName: `${prefix}-slack-notifier`,
      topics: { warning: topics.warning.topic, critical: topics.critical.topic },
      bundle: slack.bundle,
      // Up to 75 seconds for the critical alarm to speak, then four attempts of five seconds and the pauses
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
      logRetentionDays: slack.logRetentionDays ?? 30,
      failed: noticesLost,
      alerting,
    },
    parent,
  );
