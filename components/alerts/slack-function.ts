import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import { deadLetterArrived } from "../alarms/notice-alarms";
import { arnOf, standardTags } from "../deployment";
import { queuePolicy } from "../queue/queue-policy";
import type { AlertHubArgs } from "./alert-hub-arguments";

type Topics = Record<Severity, { topic: aws.sns.Topic; arn: string }>;
type SlackArgs = AlertHubArgs & { slack: NonNullable<AlertHubArgs["slack"]> };

export interface SlackNotifier {
  alarms: DeployedAlarm[];
  notifier: { name: string; arn: pulumi.Output<string>; logGroupName: string };
}

/** What the notifier does: read one parameter, look at alarms, log, put aside what failed. */
function notifierPolicy({ deployment, slack }: SlackArgs, logGroupArn: string, dlqArn: string) {
  const allow = (sid: string, actions: string[], resource: string) => ({
    Sid: sid,
    Effect: "Allow",
    Action: actions,
    Resource: resource,
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
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
      allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], `${logGroupArn}:*`),
      allow("PutAside", ["sqs:SendMessage"], dlqArn),
    ],
  });
}

/** The function that tells Slack, and a queue for the notices that Slack did not take. */
export function slackFunction(
  name: string,
  args: SlackArgs,
  topics: Topics,
  parent: pulumi.Resource,
): SlackNotifier {
  const { deployment, prefix, slack } = args;
  const child = { parent };
  const tags = standardTags(deployment);
  const functionName = `${prefix}-slack-notifier`;
  const queueName = `${functionName}-dlq`;
  const queueArn = arnOf(deployment, "sqs", queueName);
  const logGroupName = `/aws/lambda/${functionName}`;

  const deadLetters = new aws.sqs.Queue(
    `${name}-dlq`,
    {
      name: queueName,
      messageRetentionSeconds: 1_209_600,
      sqsManagedSseEnabled: true,
      policy: queuePolicy(
        deployment,
        queueArn,
        [topics.warning, topics.critical].map(({ arn }) => ({
          service: "sns.amazonaws.com",
          sourceArn: arn,
        })),
      ),
      tags,
    },
    child,
  );
  const logGroup = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: logGroupName, retentionInDays: slack.logRetentionDays ?? 30, tags },
    child,
  );
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: functionName,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "lambda.amazonaws.com" },
            Action: "sts:AssumeRole",
          },
        ],
      }),
      tags,
    },
    child,
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-role-policy`,
    {
      name: "notifier",
      role: role.name,
      policy: notifierPolicy(
        args,
        arnOf(deployment, "logs", `log-group:${logGroupName}`),
        queueArn,
      ),
    },
    child,
  );
  const notifier = new aws.lambda.Function(
    name,
    {
      name: functionName,
      role: role.arn,
      runtime: aws.lambda.Runtime.NodeJS22dX,
      handler: "index.handler",
      code: new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.FileAsset(slack.bundle.path),
      }),
      // Up to 75 seconds for the critical alarm to speak, then four attempts of five seconds and the pauses
      // between.
      timeout: 150,
      memorySize: 256,
      environment: {
        variables: {
          WEBHOOK_PARAMETER: slack.webhookParameter,
          NOTICE_LANGUAGE: args.alerting.language,
        },
      },
      deadLetterConfig: { targetArn: deadLetters.arn },
      tags,
    },
    // The rights first: Lambda refuses a dead-letter queue that the role may not send to.
    { ...child, dependsOn: [policy, logGroup] },
  );
  for (const severity of ["warning", "critical"] as const) {
    const { topic } = topics[severity];
    const permission = new aws.lambda.Permission(
      `${name}-${severity}-permission`,
      {
        function: notifier.name,
        action: "lambda:InvokeFunction",
        principal: "sns.amazonaws.com",
        sourceArn: topic.arn,
      },
      child,
    );
    new aws.sns.TopicSubscription(
      `${name}-${severity}`,
      {
        topic: topic.arn,
        protocol: "lambda",
        endpoint: notifier.arn,
        // For the case that the function cannot even be called.
        redrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn }),
      },
      { ...child, dependsOn: [permission, deadLetters] },
    );
  }
  const alerting = {
    ...args.alerting,
    topics: { warning: topics.warning.arn, critical: topics.critical.arn },
  };
  const spec = deadLetterArrived(queueName);
  const context = { subject: functionName, deployment, alerting };
  return {
    alarms: [createAlarm(`${name}-${spec.key}`, spec, context, parent).deployed],
    notifier: { name: functionName, arn: notifier.arn, logGroupName },
  };
}
