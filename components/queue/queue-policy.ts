import type { Deployment } from "../deployment";

/** A service that may send to the queue, on behalf of one resource of this account. */
export interface QueueSender {
  /** "s3.amazonaws.com" */
  service: string;
  /** The bucket, rule or topic that sends. */
  sourceArn: string;
}

/** The queue's own policy: nobody without TLS, and of AWS's services exactly the senders named. People
 *  and roles of the account get their rights from their own policies. */
export function queuePolicy(
  deployment: Deployment,
  queueArn: string,
  senders: readonly QueueSender[],
): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "DenyWithoutTls",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: queueArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      ...senders.map(({ service, sourceArn }, index) => ({
        Sid: `AllowSender${index + 1}`,
        Effect: "Allow",
        Principal: { Service: service },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: {
          ArnEquals: { "aws:SourceArn": sourceArn },
          // A bucket name may pass to another account; the account stays.
          StringEquals: { "aws:SourceAccount": deployment.accountId },
        },
      })),
    ],
  });
}
