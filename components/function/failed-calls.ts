import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AlarmSpec } from "../alarms/alarm-spec";
import type { Alerting } from "../alarms/alerting";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import { arnOf, standardTags, type Deployment } from "../deployment";
import { queueDefaults } from "../queue/queue-arguments";
import { queuePolicy } from "../queue/queue-policy";
import { messagesVisible } from "../queue/sqs-metric";

export interface FailedCallsArgs {
  deployment: Deployment;
  functionName: string;
  /** Topics that send an event to the queue when they could not call the function. */
  topicArns: pulumi.Input<string>[];
  /** Of the alarm that fires when the queue is not empty. */
  alarm: Pick<AlarmSpec, "key" | "runbook" | "meaning">;
  alerting: Alerting;
  /** How long an event is kept. Then the alarm ends, and fires again for the next event. Default 14 days. */
  retentionSeconds?: number;
}

/** The dead-letter queue for the events whose calls failed permanently, and its alarm. */
export interface FailedCalls {
  queue: aws.sqs.Queue;
  /** Known before anything is deployed. */
  queueName: string;
  /** Known before anything is deployed. */
  arn: string;
  alarm: DeployedAlarm;
}

export function failedCalls(
  name: string,
  { deployment, functionName, topicArns, alarm, alerting, retentionSeconds }: FailedCallsArgs,
  parent: pulumi.Resource,
): FailedCalls {
  const queueName = `${functionName}-dlq`;
  const arn = arnOf(deployment, "sqs", queueName);
  const queue = new aws.sqs.Queue(
    `${name}-dlq`,
    {
      name: queueName,
      messageRetentionSeconds: retentionSeconds ?? queueDefaults.deadLetterRetentionSeconds,
      sqsManagedSseEnabled: true,
      policy: pulumi.all(topicArns).apply((sourceArns) =>
        queuePolicy(
          deployment,
          arn,
          sourceArns.map((sourceArn) => ({ service: "sns.amazonaws.com", sourceArn })),
        ),
      ),
      tags: standardTags(deployment),
    },
    { parent },
  );
  const spec: AlarmSpec = {
    ...alarm,
    severity: "critical",
    metric: messagesVisible(queueName),
    threshold: { atLeast: 1 },
    datapoints: { breaching: 1, of: 1, periodSeconds: 60 },
    missingData: "notBreaching",
  };
  const context = { subject: functionName, deployment, alerting };
  return {
    queue,
    queueName,
    arn,
    alarm: createAlarm(`${name}-${spec.key}`, spec, context, parent).deployed,
  };
}
