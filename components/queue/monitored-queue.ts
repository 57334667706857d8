import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import { queueAlarms } from "../alarms/queue-alarms";
import { defaultQueueThresholds, type QueueThresholds } from "../alarms/thresholds";
import { arnOf, standardTags } from "../deployment";
import { adoption } from "./adoption";
import { identityProperties, urlOfSameQueue } from "./fixed-identity";
import {
  assertMonitoredQueueArgs,
  queueDefaults,
  type MonitoredQueueArgs,
} from "./queue-arguments";
import { queuePolicy } from "./queue-policy";

/** A queue with all that keeps it from filling up unseen: dead-letter queue, redrive both ways, a policy
 *  with exactly the senders named, encryption, alarms. */
export class MonitoredQueue extends pulumi.ComponentResource {
  readonly queueName: string;
  readonly deadLetterQueueName: string;
  /** Known before anything is deployed. */
  readonly arn: string;
  readonly deadLetterArn: string;
  readonly url: pulumi.Output<string>;
  readonly deadLetterUrl: pulumi.Output<string>;
  readonly thresholds: QueueThresholds;
  readonly alarms: DeployedAlarm[];
  /** The queue itself, for `dependsOn` of what names it by its ARN. */
  readonly queue: aws.sqs.Queue;

  constructor(name: string, args: MonitoredQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    assertMonitoredQueueArgs(name, args);
    super("queuefleet:queue:MonitoredQueue", name, {}, opts);
    const { deployment } = args;
    const fifo = args.fifo ?? false;
    this.queueName = args.queueName;
    this.deadLetterQueueName = args.deadLetterQueueName;
    this.arn = arnOf(deployment, "sqs", args.queueName);
    this.deadLetterArn = arnOf(deployment, "sqs", args.deadLetterQueueName);

    const common = {
      receiveWaitTimeSeconds: args.receiveWaitTimeSeconds ?? queueDefaults.receiveWaitTimeSeconds,
      fifoQueue: fifo,
      ...(args.kmsKeyArn === undefined
        ? { sqsManagedSseEnabled: true }
        : { kmsMasterKeyId: args.kmsKeyArn }),
      tags: standardTags(deployment),
    };
    const options = (which: "queue" | "deadLetterQueue") => {
      const { ignoreChanges, ...adopted } = adoption(args, which);
      return {
        parent: this,
        protect: args.protect ?? true,
        ignoreChanges: [...identityProperties, ...ignoreChanges],
        ...adopted,
      };
    };

    const deadLetterQueue = new aws.sqs.Queue(
      `${name}-dlq`,
      {
        ...common,
        name: args.deadLetterQueueName,
        messageRetentionSeconds:
          args.deadLetterRetentionSeconds ?? queueDefaults.deadLetterRetentionSeconds,
        redriveAllowPolicy: JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: [this.arn],
        }),
        policy: queuePolicy(deployment, this.deadLetterArn, []),
      },
      options("deadLetterQueue"),
    );
    this.queue = new aws.sqs.Queue(
      `${name}-queue`,
      {
        ...common,
        name: args.queueName,
        visibilityTimeoutSeconds: args.visibilityTimeoutSeconds,
        messageRetentionSeconds:
          args.messageRetentionSeconds ?? queueDefaults.messageRetentionSeconds,
        redrivePolicy: JSON.stringify({
          deadLetterTargetArn: this.deadLetterArn,
          maxReceiveCount: args.maxReceiveCount,
        }),
        policy: queuePolicy(deployment, this.arn, args.senders ?? []),
      },
      // The ARN above is a plain value, so Pulumi cannot see by itself which comes first.
      { ...options("queue"), dependsOn: [deadLetterQueue] },
    );

    this.url = urlOfSameQueue(name, this.queue, { name: args.queueName, fifo });
    this.deadLetterUrl = urlOfSameQueue(name, deadLetterQueue, {
      name: args.deadLetterQueueName,
      fifo,
    });
    this.thresholds = {
      ...defaultQueueThresholds(args.visibilityTimeoutSeconds),
      ...args.thresholds,
    };
    this.alarms = queueAlarms(args, this.thresholds).map(
      (spec) =>
        createAlarm(`${name}-${spec.key}`, spec, { subject: args.queueName, ...args }, this)
          .deployed,
    );
    this.registerOutputs({ url: this.url, deadLetterUrl: this.deadLetterUrl });
  }
}
