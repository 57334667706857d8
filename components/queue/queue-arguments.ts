import type * as pulumi from "@pulumi/pulumi";
import { workerRanges } from "../../contracts/worker-environment";
import type { Alerting } from "../alarms/alerting";
import { ArgumentFaults } from "../argument-faults";
import type { Deployment } from "../deployment";
import type { QueueSender } from "./queue-policy";
import {
  ageRange,
  checkQueueThresholds,
  queueThresholds,
  type QueueThresholdChanges,
} from "./queue-thresholds";

export interface MonitoredQueueArgs {
  deployment: Deployment;
  /** Physical name: producers outside know it, so it stays what it is. A FIFO queue's ends in ".fifo". */
  queueName: string;
  deadLetterQueueName: string;
  /** Default false. */
  fifo?: boolean;
  /** How long a received message stays hidden from other consumers; above the job timeout.
   *  Seconds, 0–43,200. Source: SQS SetQueueAttributes. */
  visibilityTimeoutSeconds: number;
  /** Longest time a consumer works on one message; fleets and functions on this queue take it from here.
   *  Seconds, from 1. */
  jobTimeoutSeconds: number;
  /** Attempts before a message goes to the dead-letter queue. 3–1,000: with fewer, one short fault of a
   *  dependency dead-letters good messages. SQS guide: 5 is the usual value. */
  maxReceiveCount: number;
  /** Seconds, 60–1,209,600. Default 4 days, as SQS has it. */
  messageRetentionSeconds?: number;
  /** Default 14 days, the longest SQS keeps anything: a dead letter waits for people. */
  deadLetterRetentionSeconds?: number;
  /** Default 20, the longest poll: fewest empty receives. */
  receiveWaitTimeSeconds?: number;
  /** Exactly these services may send through the queue policy. Default none. */
  senders?: QueueSender[];
  /** A customer-managed KMS key; without one SQS encrypts with its own (SSE-SQS). Services that send
   *  (S3, SNS, EventBridge) need to be admitted by the key's policy. */
  kmsKeyArn?: pulumi.Input<string>;
  /** Takes existing queues over instead of creating them; for one `up`, see docs/decisions. `true`
   *  means the queues of these names in this account and region. */
  adopt?: boolean | { queueUrl: string; deadLetterQueueUrl: string };
  /** Whether Pulumi refuses to delete the queues. Default true. */
  protect?: boolean;
  alerting: Alerting;
  thresholds?: QueueThresholdChanges;
}

const day = 86_400;
export const queueDefaults = {
  messageRetentionSeconds: 4 * day,
  deadLetterRetentionSeconds: 14 * day,
  receiveWaitTimeSeconds: 20,
};

/** Source: SQS SetQueueAttributes. A receive count below 3 dead-letters good messages at one short fault. */
export const queueRanges = {
  visibilityTimeoutSeconds: { min: 0, max: 43_200 },
  jobTimeoutSeconds: workerRanges.jobTimeoutSeconds,
  maxReceiveCount: { min: 3, max: 1000 },
  retentionSeconds: { min: 60, max: 14 * day },
  receiveWaitTimeSeconds: { min: 0, max: 20 },
  oldestMessageAgeSeconds: ageRange,
};

export function assertMonitoredQueueArgs(name: string, args: MonitoredQueueArgs): void {
  const fifo = args.fifo ?? false;
  const retention = args.messageRetentionSeconds ?? queueDefaults.messageRetentionSeconds;
  const deadLetterRetention =
    args.deadLetterRetentionSeconds ?? queueDefaults.deadLetterRetentionSeconds;
  const seconds = "SQS allows whole seconds";
  const faults = new ArgumentFaults(`MonitoredQueue "${name}"`);
  for (const field of ["queueName", "deadLetterQueueName"] as const) {
    const value = args[field];
    const stem = fifo ? value.replace(/\.fifo$/, "") : value;
    faults
      .require(
        /^[\w-]+$/.test(stem) && value.length <= 80,
        `${field} is "${value}"; SQS allows 1 to 80 letters, digits, "-" and "_"` +
          (fifo ? ' before ".fifo"' : ' (and ".fifo" only with fifo: true)'),
      )
      .require(
        !fifo || value.endsWith(".fifo"),
        `${field} is "${value}"; the name of a FIFO queue ends in ".fifo"`,
      );
  }
  faults
    .require(
      args.queueName !== args.deadLetterQueueName,
      `deadLetterQueueName is "${args.deadLetterQueueName}", the queue itself; name another queue`,
    )
    .require(
      /^\d{12}$/.test(args.deployment.accountId),
      `deployment.accountId is "${args.deployment.accountId}"; an AWS account has 12 digits`,
    )
    .wholeNumber(
      "visibilityTimeoutSeconds",
      args.visibilityTimeoutSeconds,
      queueRanges.visibilityTimeoutSeconds,
      seconds,
    )
    .wholeNumber(
      "jobTimeoutSeconds",
      args.jobTimeoutSeconds,
      queueRanges.jobTimeoutSeconds,
      "whole seconds are allowed",
    )
    .require(
      args.visibilityTimeoutSeconds > args.jobTimeoutSeconds,
      `jobTimeoutSeconds is ${args.jobTimeoutSeconds}; it must be below visibilityTimeoutSeconds (${args.visibilityTimeoutSeconds}), or SQS hands the message to a second consumer meanwhile`,
    )
    .wholeNumber(
      "maxReceiveCount",
      args.maxReceiveCount,
      queueRanges.maxReceiveCount,
      "a message must survive a passing fault, so whole numbers are allowed",
    )
    .require(
      args.maxReceiveCount * args.visibilityTimeoutSeconds < retention,
      `maxReceiveCount × visibilityTimeoutSeconds is ${args.maxReceiveCount * args.visibilityTimeoutSeconds} s; it must be below messageRetentionSeconds (${retention}), or a message expires before it is dead-lettered`,
    )
    .wholeNumber("messageRetentionSeconds", retention, queueRanges.retentionSeconds, seconds)
    .wholeNumber(
      "deadLetterRetentionSeconds",
      deadLetterRetention,
      queueRanges.retentionSeconds,
      seconds,
    )
    .wholeNumber(
      "receiveWaitTimeSeconds",
      args.receiveWaitTimeSeconds ?? queueDefaults.receiveWaitTimeSeconds,
      queueRanges.receiveWaitTimeSeconds,
      seconds,
    )
    .require(
      // A standard queue's dead letter keeps the age it had, a FIFO queue's begins anew. Source: SQS guide.
      fifo ? deadLetterRetention >= retention : deadLetterRetention > retention,
      `deadLetterRetentionSeconds is ${deadLetterRetention}; it must exceed messageRetentionSeconds (${retention}), because a dead letter keeps the age it had in the queue`,
    );
  for (const { service, sourceArn } of args.senders ?? []) {
    faults
      .require(
        /^[a-z0-9.-]+\.amazonaws\.com$/.test(service),
        `senders has the service "${service}"; write a service principal such as "s3.amazonaws.com"`,
      )
      .require(
        /^arn:[^*]+$/.test(sourceArn),
        `senders has the sourceArn "${sourceArn}"; write the one ARN that sends, without "*"`,
      );
  }
  checkQueueThresholds(faults, queueThresholds(args, args.thresholds), {
    ...args,
    messageRetentionSeconds: retention,
  });
  faults.throwIfAny();
}
