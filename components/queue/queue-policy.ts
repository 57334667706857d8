import { ownStatement, policyWith } from "../own-statement";
import type { Deployment } from "../deployment";
import { tlsOnlyStatement } from "../tls-only";

/** A service that may send to the queue for one resource of this account. */
export interface QueueSender {
  /** "s3.amazonaws.com" */
  service: string;
  /** The bucket, rule or topic that sends. */
  sourceArn: string;
}

const senderStatement = (
  { accountId }: Deployment,
  queueArn: string,
  { service, sourceArn }: QueueSender,
) =>
  ownStatement("AllowSender", {
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sqs:SendMessage",
    Resource: queueArn,
    Condition: {
      ArnEquals: { "aws:SourceArn": sourceArn },
      // After a bucket is deleted, another account may take its name. The account id prevents misuse.
      StringEquals: { "aws:SourceAccount": accountId },
    },
  });

/** The queue's own policy: it denies access without TLS, and allows exactly the named AWS services to send. Users
 *  and roles of the account get their rights from their own policies. `kept`: statements that an adopted queue has. */
export function queuePolicy(
  deployment: Deployment,
  queueArn: string,
  senders: readonly QueueSender[],
  kept: readonly unknown[] = [],
): string {
  const allowed = senders.map((sender) => senderStatement(deployment, queueArn, sender));
  return policyWith([tlsOnlyStatement("sqs:*", queueArn), ...allowed], kept);
}
