import type * as pulumi from "@pulumi/pulumi";
import { workerRanges } from "../../contracts/worker-environment";
import { levelRange } from "../alarms/levels";
import type { Alerting } from "../alarms/alerting";
import type { Adopted } from "../adoption";
import { ArgumentFaults } from "../argument-faults";
import type { Deployment } from "../deployment";
import type { QueueSender } from "./queue-policy";
import {
  ageRange,
  checkQueueThresholds,
  longestRetentionSeconds,
  maximumDeadLetterLevel,
  queueThresholds,
  type QueueThresholdChanges,
} from "./queue-thresholds";

export interface MonitoredQueueArgs {
  deployment: Deployment;
  /** Physical name. External producers use it, so it must not change. A FIFO queue's name ends in ".fifo". */
  queueName: string;
  deadLetterQueueName: string;
  /** Default false. */
  fifo?: boolean;
  /** Whether every producer sets a message group. SQS then delivers the messages of quiet groups first, and the alarms on age and
   *  depth read the metrics of quiet groups: one group with very many messages is no incident of the others. Standard queues
   *  only. Default false. Source: SQS guide, "Amazon SQS fair queues". */
  fair?: boolean;
  /** How long a received message stays hidden from other consumers. Must be above the job timeout.
   *  Seconds, 0–43,200. Source: SQS SetQueueAttributes. */
  visibilityTimeoutSeconds: number;
  /** Longest time that a consumer may work on one message. Fleets and functions read it from the queue.
   *  Seconds, from 1. */
  jobTimeoutSeconds: number;
  /** Attempts before a message goes to the dead-letter queue, 3–1,000. With fewer than 3, one short failure of a
   *  dependency sends good messages to the dead-letter queue. The SQS guide recommends 5. */
  maxReceiveCount: number;
  /** Seconds, 60–1,209,600. Default 4 days, the default of SQS. */
  messageRetentionSeconds?: number;
  /** Default 14 days, the maximum of SQS: a dead letter must be kept until someone has checked it. */
  deadLetterRetentionSeconds?: number;
  /** Default 20, the longest poll: it causes the fewest empty receives. */
  receiveWaitTimeSeconds?: number;
  /** The queue policy allows exactly these services to send. Default none. */
  senders?: QueueSender[];
  /** A customer-managed KMS key. Without one, SQS encrypts with its own key (SSE-SQS). The key's policy must
   *  allow the services that send (S3, SNS, EventBridge). */
  kmsKeyArn?: pulumi.Input<string>;
  /** Which of the two exist already: "NAME-queue", "NAME-dlq". Set it for one `up` only: it imports exactly these, and
   *  changes nothing of them. See docs/decisions/0003. */
  adopt?: Adopted;
  /** Statements that the policies of adopted queues have besides the program's own. They are kept. */
  kept?: { queue?: readonly unknown[]; deadLetterQueue?: readonly unknown[] };
  /** Statements that may be removed from adopted queues: "NAME-queue/Sid", "NAME-dlq/Sid". */
  removed?: readonly string[];
  /** Whether Pulumi refuses to delete the queues. Default true. */
  protect?: boolean;
  alerting: Alerting;
  thresholds?: QueueThresholdChanges;
}

export const queueDefaults = {
  messageRetentionSeconds: 4 * 86_400,
  deadLetterRetentionSeconds: longestRetentionSeconds,
  receiveWaitTimeSeconds: 20,
};

/** Source: SQS SetQueueAttributes. With a receive count below 3, one short failure dead-letters good messages. */
export const queueRanges = {
  visibilityTimeoutSeconds: { ...workerRanges.visibilityTimeoutSeconds, min: 0 },
  jobTimeoutSeconds: workerRanges.jobTimeoutSeconds,
  maxReceiveCount: { ...workerRanges.maxReceiveCount, min: 3 },
  retentionSeconds: { min: 60, max: longestRetentionSeconds },
  receiveWaitTimeSeconds: { min: 0, max: 20 },
  oldestMessageAgeSeconds: ageRange,
  deadLettersWarning: { ...levelRange, max: maximumDeadLetterLevel },
  deadLettersCritical: { ...levelRange, min: 0 },
};

const isWhole = (...numbers: number[]) => numbers.every(Number.isInteger);

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
    faults.require(
      /^[\w-]+$/.test(stem) && value.length <= 80 && fifo === value.endsWith(".fifo"),
      `${field} is "${value}"; SQS allows 1 to 80 letters, digits, "-" and "_"` +
        (fifo
          ? ', and the name of a FIFO queue ends in ".fifo"'
          : ' (and ".fifo" only with fifo: true)'),
    );
  }
  faults
    .require(
      !(fifo && (args.fair ?? false)),
      "fair is true and fifo is true; only a standard queue can be fair, a FIFO queue keeps the order of each group",
    )
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
      !isWhole(args.visibilityTimeoutSeconds, args.jobTimeoutSeconds) ||
        args.visibilityTimeoutSeconds > args.jobTimeoutSeconds,
      `jobTimeoutSeconds is ${args.jobTimeoutSeconds}; it must be below visibilityTimeoutSeconds (${args.visibilityTimeoutSeconds}), or SQS delivers the message to a second consumer while the first still works on it`,
    )
    .wholeNumber(
      "maxReceiveCount",
      args.maxReceiveCount,
      queueRanges.maxReceiveCount,
      "a message must survive a short failure, so whole numbers are allowed",
    )
    .require(
      !isWhole(args.maxReceiveCount, args.visibilityTimeoutSeconds, retention) ||
        args.maxReceiveCount * args.visibilityTimeoutSeconds < retention,
      `maxReceiveCount × visibilityTimeoutSeconds is ${args.maxReceiveCount * args.visibilityTimeoutSeconds} s; it must be below messageRetentionSeconds (${retention}), or a message expires before it reaches the dead-letter queue`,
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
      // In a standard queue a dead letter keeps its age; in a FIFO queue its age starts again. Source: SQS guide.
      !isWhole(deadLetterRetention, retention) ||
        (fifo ? deadLetterRetention >= retention : deadLetterRetention > retention),
      fifo
        ? `deadLetterRetentionSeconds is ${deadLetterRetention}; it must be at least messageRetentionSeconds (${retention})`
        : `deadLetterRetentionSeconds is ${deadLetterRetention}; it must exceed messageRetentionSeconds (${retention}), because a dead letter keeps the age that it had in the queue`,
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
  const times = { ...args, messageRetentionSeconds: retention };
  if (isWhole(args.visibilityTimeoutSeconds, args.jobTimeoutSeconds, retention)) {
    checkQueueThresholds(faults, queueThresholds(times, args.thresholds), times);
  }
  faults.throwIfAny();
}
