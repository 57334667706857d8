import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlarmSpec, Severity } from "../alarms/alarm-spec";
import type { Alerting } from "../alarms/alerting";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import type { Bundle } from "../bundle";
import { arnOf, standardTags, type Deployment } from "../deployment";
import { allow, assumedBy, type Statement } from "../iam";
import { queuePolicy } from "../queue/queue-policy";

export interface DeployedFunction {
  name: string;
  arn: pulumi.Output<string>;
  logGroupName: string;
}

export interface TopicFunctionArgs {
  deployment: Deployment;
  functionName: string;
  /** What calls it, by severity. */
  topics: Partial<Record<Severity, CallingTopic>>;
  bundle: Bundle;
  timeoutSeconds: number;
  variables: Record<string, pulumi.Input<string>>;
  /** What it may do besides logging. */
  rights: { name: string; statements: Statement[] };
  logRetentionDays: number;
  /** On calls that failed for good, which wait in the queue of this name. */
  failed: (queueName: string) => AlarmSpec;
  alerting: Alerting;
}

interface CallingTopic {
  arn: pulumi.Input<string>;
  /** Which messages, by what their body says. All, when not given. */
  body?: Record<string, string[]>;
}

/** A function that topics call, with a log group and a role of its own, and a queue with an alarm for the
 *  calls that failed for good. */
export function topicFunction(
  name: string,
  args: TopicFunctionArgs,
  parent: pulumi.Resource,
): { deployed: DeployedFunction; alarm: DeployedAlarm } {
  const { deployment, functionName } = args;
  const child = { parent };
  const tags = standardTags(deployment);
  const queueName = `${functionName}-dlq`;
  const queueArn = arnOf(deployment, "sqs", queueName);
  const logGroupName = `/aws/lambda/${functionName}`;
  const topics = Object.entries(args.topics);

  const deadLetters = new aws.sqs.Queue(
    `${name}-dlq`,
    {
      name: queueName,
      messageRetentionSeconds: 1_209_600,
      sqsManagedSseEnabled: true,
      policy: pulumi.all(topics.map(([, { arn }]) => arn)).apply((arns) =>
        queuePolicy(
          deployment,
          queueArn,
          arns.map((sourceArn) => ({ service: "sns.amazonaws.com", sourceArn })),
        ),
      ),
      tags,
    },
    child,
  );
  const logGroup = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: logGroupName, retentionInDays: args.logRetentionDays, tags },
    child,
  );
  const role = new aws.iam.Role(
    `${name}-role`,
    { name: functionName, assumeRolePolicy: assumedBy("lambda.amazonaws.com"), tags },
    child,
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-role-policy`,
    {
      name: args.rights.name,
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          ...args.rights.statements,
          allow(
            "Log",
            ["logs:CreateLogStream", "logs:PutLogEvents"],
            `${arnOf(deployment, "logs", `log-group:${logGroupName}`)}:*`,
          ),
          allow("PutAside", ["sqs:SendMessage"], queueArn),
        ],
      }),
    },
    child,
  );
  const made = new aws.lambda.Function(
    name,
    {
      name: functionName,
      role: role.arn,
      runtime: aws.lambda.Runtime.NodeJS22dX,
      handler: "index.handler",
      code: new pulumi.asset.AssetArchive({
        "index.js": new pulumi.asset.FileAsset(args.bundle.path),
      }),
      timeout: args.timeoutSeconds,
      memorySize: 256,
      environment: { variables: args.variables },
      deadLetterConfig: { targetArn: deadLetters.arn },
      tags,
    },
    // The rights first: Lambda refuses a dead-letter queue that the role may not send to.
    { ...child, dependsOn: [policy, logGroup] },
  );
  for (const [severity, { arn, body }] of topics) {
    const permission = new aws.lambda.Permission(
      `${name}-${severity}-permission`,
      {
        function: made.name,
        action: "lambda:InvokeFunction",
        principal: "sns.amazonaws.com",
        sourceArn: arn,
      },
      child,
    );
    new aws.sns.TopicSubscription(
      `${name}-${severity}`,
      {
        topic: arn,
        protocol: "lambda",
        endpoint: made.arn,
        // For the case that the function cannot even be called.
        redrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn }),
        ...(body === undefined
          ? {}
          : { filterPolicy: JSON.stringify(body), filterPolicyScope: "MessageBody" }),
      },
      { ...child, dependsOn: [permission, deadLetters] },
    );
  }
  const spec = args.failed(queueName);
  const context = { subject: functionName, deployment, alerting: args.alerting };
  return {
    deployed: { name: functionName, arn: made.arn, logGroupName },
    alarm: createAlarm(`${name}-${spec.key}`, spec, context, parent).deployed,
  };
}
