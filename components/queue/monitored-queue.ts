import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { statementsOf } from "../../contracts/adoption";
import { maxMessageBytes } from "../../contracts/messages";
import { createAlarm, type DeployedAlarm } from "../alarms/create-alarm";
import { imported, keepsForeign } from "../adoption";
import type { Widget } from "../dashboard/widgets";
import { arnOf, standardTags, type Deployment } from "../deployment";
import type { Described, OutputPart } from "../described";
import { identityProperties, urlOfSameQueue } from "./fixed-identity";
import { queueAlarms } from "./queue-alarms";
import {
  assertMonitoredQueueArgs,
  queueDefaults,
  type MonitoredQueueArgs,
} from "./queue-arguments";
import { queuePolicy } from "./queue-policy";
import { queueThresholds } from "./queue-thresholds";
import { queueWidgets } from "./queue-widgets";

const urlOf = ({ region, accountId }: Deployment, queueName: string): string =>
  `https://sqs.${region}.amazonaws.com/${accountId}/${queueName}`;

/** A queue that cannot fill up unnoticed: with a dead-letter queue, redrive policy and redrive-allow policy, a
 *  queue policy that allows exactly the named senders, encryption, and alarms. */
export class MonitoredQueue extends pulumi.ComponentResource implements Described {
  readonly key: string;
  readonly queueName: string;
  readonly fifo: boolean;
  readonly deadLetterQueueName: string;
  /** Known before anything is deployed. */
  readonly arn: string;
  readonly deadLetterArn: string;
  readonly url: pulumi.Output<string>;
  readonly deadLetterUrl: pulumi.Output<string>;
  /** These three numbers are stated only here. Consumers of the queue read them from it. */
  readonly visibilityTimeoutSeconds: number;
  readonly jobTimeoutSeconds: number;
  readonly maxReceiveCount: number;
  /** The customer's key, if the queues have one: what sends or receives needs its use. */
  readonly kmsKeyArn: pulumi.Input<string> | undefined;
  readonly output: OutputPart;
  readonly alarms: DeployedAlarm[];
  readonly widgets: Widget[];
  /** The queue itself, for the `dependsOn` of resources that use its ARN. */
  readonly queue: aws.sqs.Queue;

  constructor(name: string, args: MonitoredQueueArgs, opts?: pulumi.ComponentResourceOptions) {
    assertMonitoredQueueArgs(name, args);
    super("queuefleet:queue:MonitoredQueue", name, {}, opts);
    const { deployment } = args;
    const fifo = args.fifo ?? false;
    this.key = name;
    this.fifo = fifo;
    this.visibilityTimeoutSeconds = args.visibilityTimeoutSeconds;
    this.jobTimeoutSeconds = args.jobTimeoutSeconds;
    this.maxReceiveCount = args.maxReceiveCount;
    this.kmsKeyArn = args.kmsKeyArn;
    this.queueName = args.queueName;
    this.deadLetterQueueName = args.deadLetterQueueName;
    this.arn = arnOf(deployment, "sqs", args.queueName);
    this.deadLetterArn = arnOf(deployment, "sqs", args.deadLetterQueueName);

    const common = {
      receiveWaitTimeSeconds: args.receiveWaitTimeSeconds ?? queueDefaults.receiveWaitTimeSeconds,
      fifoQueue: fifo,
      // The provider's default is 262,144: a message of an existing queue might not fit into its dead-letter queue.
      maxMessageSize: maxMessageBytes,
      ...(args.kmsKeyArn === undefined
        ? { sqsManagedSseEnabled: true }
        : { kmsMasterKeyId: args.kmsKeyArn }),
      tags: standardTags(deployment),
    };
    const options = (part: string, queueName: string) => ({
      parent: this,
      protect: args.protect ?? true,
      ignoreChanges: identityProperties,
      // Import ids of queues are their URLs.
      ...imported(args.adopt ?? [], part, urlOf(deployment, queueName)),
      ...(args.adopt === undefined
        ? {}
        : keepsForeign(part, {
            entriesOf: ({ policy }) => statementsOf(policy),
            removed: args.removed,
          })),
    });

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
        policy: queuePolicy(deployment, this.deadLetterArn, [], args.kept?.deadLetterQueue),
      },
      options(`${name}-dlq`, args.deadLetterQueueName),
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
        policy: queuePolicy(deployment, this.arn, args.senders ?? [], args.kept?.queue),
      },
      // The ARN above is a plain value, so Pulumi does not know the order by itself.
      { ...options(`${name}-queue`, args.queueName), dependsOn: [deadLetterQueue] },
    );

    this.url = urlOfSameQueue(name, this.queue, { name: args.queueName, fifo });
    this.deadLetterUrl = urlOfSameQueue(name, deadLetterQueue, {
      name: args.deadLetterQueueName,
      fifo,
    });
    const thresholds = queueThresholds(args, args.thresholds);
    const redriveCommand = `npx ops dlq redrive ${deployment.environment} ${deployment.system}/${name} --dry-run`;
    this.alarms = queueAlarms({ ...args, redriveCommand }, thresholds).map(
      (spec) =>
        createAlarm(`${name}-${spec.key}`, spec, { subject: args.queueName, ...args }, this)
          .deployed,
    );
    this.widgets = queueWidgets(args, thresholds, deployment.region);
    this.output = {
      queues: {
        [name]: {
          name: args.queueName,
          arn: this.arn,
          url: this.url,
          deadLetter: {
            name: args.deadLetterQueueName,
            arn: this.deadLetterArn,
            url: this.deadLetterUrl,
          },
          visibilityTimeoutSeconds: args.visibilityTimeoutSeconds,
          maxReceiveCount: args.maxReceiveCount,
        },
      },
    };
    this.registerOutputs({ url: this.url, deadLetterUrl: this.deadLetterUrl });
  }
}
