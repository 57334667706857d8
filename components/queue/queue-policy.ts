import type { Deployment } from "../deployment";

/** A service that may send to the queue for one resource of this account. */
export interface QueueSender {
  /** "s3.amazonaws.com" */
  service: string;
  /** The bucket, rule or topic that sends. */
  sourceArn: string;
}

const tlsOnlySid = "DenyWithoutTls";

/** Whether `queuePolicy` makes a statement with this Sid. */
export const isOwnStatement = (sid: string): boolean =>
  sid === tlsOnlySid || /^AllowSender\d+$/.test(sid);

/** The queue's own policy: it denies access without TLS, and allows exactly the named AWS services to send. Users
 *  and roles of the account get their rights from their own policies. `kept`: statements that an adopted queue has. */
export function queuePolicy(
  deployment: Deployment,
  queueArn: string,
  senders: readonly QueueSender[],
  kept: readonly unknown[] = [],
): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: tlsOnlySid,
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
          // After a bucket is deleted, another account may take its name. The account id prevents misuse.
          StringEquals: { "aws:SourceAccount": deployment.accountId },
        },
      })),
      ...kept,
    ],
  });
}
