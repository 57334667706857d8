import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import { arnOf, standardTags, type Deployment } from "../deployment";
import { tlsOnlyStatement } from "../tls-only";

export interface AlertTopicArgs {
  deployment: Deployment;
  prefix: string;
  severity: Severity;
  kmsKeyArn: pulumi.Input<string>;
  emails: readonly string[];
}

export const topicName = (prefix: string, severity: Severity) => `${prefix}-alerts-${severity}`;

/** A topic that only alarms of this account may publish to, and only over TLS. */
export function alertTopic(
  name: string,
  { deployment, prefix, severity, kmsKeyArn, emails }: AlertTopicArgs,
  parent: pulumi.Resource,
): { topic: aws.sns.Topic; arn: string } {
  const arn = arnOf(deployment, "sns", topicName(prefix, severity));
  const topic = new aws.sns.Topic(
    name,
    {
      name: topicName(prefix, severity),
      displayName: `${prefix} ${severity}`,
      kmsMasterKeyId: kmsKeyArn,
      policy: topicPolicy(deployment, arn),
      tags: { ...standardTags(deployment), Severity: severity },
    },
    { parent },
  );
  for (const address of emails) {
    new aws.sns.TopicSubscription(
      `${name}-${address}`,
      { topic: topic.arn, protocol: "email", endpoint: address },
      { parent },
    );
  }
  return { topic, arn };
}

const topicPolicy = (deployment: Deployment, topicArn: string): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AlarmsPublish",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: topicArn,
        Condition: {
          StringEquals: { "aws:SourceAccount": deployment.accountId },
          ArnLike: { "aws:SourceArn": arnOf(deployment, "cloudwatch", "alarm:*") },
        },
      },
      tlsOnlyStatement("sns:Publish", topicArn),
    ],
  });
