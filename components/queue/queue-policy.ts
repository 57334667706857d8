import { sameEntry, type Entry } from "../../contracts/adoption";
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
  Sid: string,
  { service, sourceArn }: QueueSender,
) => ({
  Sid,
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

/** Whether `queuePolicy` makes such a statement, for any sender. */
export function isOwnStatement(deployment: Deployment, queueArn: string, entry: Entry): boolean {
  const { Principal, Condition } = entry.value as {
    Principal?: { Service?: string };
    Condition?: { ArnEquals?: Record<string, string> };
  };
  const sender = {
    service: Principal?.Service ?? "",
    sourceArn: Condition?.ArnEquals?.["aws:SourceArn"] ?? "",
  };
  const own = /^AllowSender\d+$/.test(entry.id)
    ? senderStatement(deployment, queueArn, entry.id, sender)
    : tlsOnlyStatement("sqs:*", queueArn);
  return sameEntry({ id: own.Sid, value: own }, entry);
}

/** The queue's own policy: it denies access without TLS, and allows exactly the named AWS services to send. Users
 *  and roles of the account get their rights from their own policies. `kept`: statements that an adopted queue has. */
export function queuePolicy(
  deployment: Deployment,
  queueArn: string,
  senders: readonly QueueSender[],
  kept: readonly unknown[] = [],
): string {
  const allowed = senders.map((sender, index) =>
    senderStatement(deployment, queueArn, `AllowSender${index + 1}`, sender),
  );
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [tlsOnlyStatement("sqs:*", queueArn), ...allowed, ...kept],
  });
}
