import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Severity } from "../alarms/alarm-spec";
import type { DeployedAlarm } from "../alarms/create-alarm";
import { BundledFunction } from "./bundled-function";
import { failedCalls, type FailedCalls, type FailedCallsArgs } from "./failed-calls";
import type { BundledFunctionArgs } from "./function-arguments";

/** A topic that calls a function. */
export interface CallingTopic {
  arn: pulumi.Input<string>;
  /** Filter on fields of the message body. If not given, all messages call the function. */
  body?: Record<string, string[]>;
}

export interface TopicFunctionArgs
  extends
    Omit<BundledFunctionArgs, "failedCalls">,
    Pick<FailedCallsArgs, "alarm" | "alerting" | "retentionSeconds"> {
  /** The topics that call it, by severity. */
  topics: Partial<Record<Severity, CallingTopic>>;
}

/** A function that topics call, and a dead-letter queue with an alarm for the calls that failed permanently. */
export function topicFunction(
  name: string,
  args: TopicFunctionArgs,
  parent: pulumi.Resource,
): { bundledFunction: BundledFunction; alarm: DeployedAlarm } {
  const topics = Object.entries(args.topics);
  const failed = failedCalls(
    name,
    { ...args, topicArns: topics.map(([, { arn }]) => arn) },
    parent,
  );
  const bundledFunction = new BundledFunction(name, { ...args, failedCalls: failed }, parent);
  for (const [severity, topic] of topics) {
    callFromTopic(`${name}-${severity}`, bundledFunction, topic, failed, parent);
  }
  return { bundledFunction, alarm: failed.alarm };
}

function callFromTopic(
  name: string,
  bundledFunction: BundledFunction,
  { arn, body }: CallingTopic,
  failed: FailedCalls,
  parent: pulumi.Resource,
): void {
  const permission = new aws.lambda.Permission(
    `${name}-permission`,
    {
      function: bundledFunction.functionName,
      qualifier: bundledFunction.alias,
      action: "lambda:InvokeFunction",
      principal: "sns.amazonaws.com",
      sourceArn: arn,
    },
    { parent },
  );
  new aws.sns.TopicSubscription(
    name,
    {
      topic: arn,
      protocol: "lambda",
      endpoint: bundledFunction.aliasArn,
      // For events whose call could not be started.
      redrivePolicy: JSON.stringify({ deadLetterTargetArn: failed.arn }),
      ...(body === undefined
        ? {}
        : { filterPolicy: JSON.stringify(body), filterPolicyScope: "MessageBody" }),
    },
    { parent, dependsOn: [permission, failed.queue] },
  );
}
