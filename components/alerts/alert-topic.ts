import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import { arnOf, standardTags, type Deployment } from "../deployment";
import { tlsOnlyStatement } from "../tls-only";

export interface AlertTopicArgs {
  deployment: Deployment;
  prefix: string;
  /** "alarms": alarms publish to it, and it calls the notifier. "alerts": the notifier publishes to it, and it sends e-mails. */
  kind: "alarms" | "alerts";
  severity: Severity;
  kmsKeyArn: pulumi.Input<string>;
  emails: readonly string[];
}

export interface AlertTopic {
  topic: aws.sns.Topic;
  /** Known before anything is deployed. */
  arn: string;
}

/** A topic that only this account may publish to, CloudWatch only for alarms, and only over TLS. */
export function alertTopic(
  name: string,
  { deployment, prefix, kind, severity, kmsKeyArn, emails }: AlertTopicArgs,
  parent: pulumi.Resource,
): AlertTopic {
  const topicName = `${prefix}-${kind}-${severity}`;
  const arn = arnOf(deployment, "sns", topicName);
  const topic = new aws.sns.Topic(
    name,
    {
      name: topicName,
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
