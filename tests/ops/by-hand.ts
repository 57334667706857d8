import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { CreateQueueCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { TestAccount } from "../support/cloud";
import { servicesMaySend } from "../support/queue-policy";

const region = "ap-northeast-1";

interface Where {
  account: TestAccount;
  names: { queue: string; bucket: string };
  s3: S3Client;
  sqs: SQSClient;
}

/** A queue and a bucket with a partner's statement, rules of their own, another queue's notification. */
export async function createByHand({ account, names, s3, sqs }: Where): Promise<void> {
  const { queue, bucket } = names;
  await sqs.send(
    new CreateQueueCommand({
      QueueName: queue,
      Attributes: {
        DelaySeconds: "5",
        MaximumMessageSize: "65536",
        VisibilityTimeout: "120",
        MessageRetentionPeriod: "600000",
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Partner",
              Effect: "Allow",
              Principal: "*",
              Action: "sqs:SendMessage",
              Resource: "*",
            },
            {
              Effect: "Deny",
              Principal: "*",
              Action: "sqs:PurgeQueue",
              Resource: "*",
            },
            // The program has a statement of this name, too.
            {
              Sid: "AllowSender1",
              Effect: "Allow",
              Principal: { Service: "events.amazonaws.com" },
              Action: "sqs:SendMessage",
              Resource: "*",
            },
          ],
        }),
      },
      tags: { team: "files" },
    }),
  );
  const Policy = servicesMaySend(`arn:aws:sqs:${region}:${account.accountId}:others`);
  await sqs.send(new CreateQueueCommand({ QueueName: "others", Attributes: { Policy } }));
  await new SNSClient(account.clientConfig()).send(new CreateTopicCommand({ Name: "uploads" }));
  await s3.send(
    new CreateBucketCommand({
      Bucket: bucket,
      CreateBucketConfiguration: { LocationConstraint: region },
    }),
  );
  // As a bucket from before April 2023, since when new ones have it.
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }));
  await s3.send(
    new PutBucketTaggingCommand({
      Bucket: bucket,
      Tagging: { TagSet: [{ Key: "team", Value: "files" }] },
    }),
  );
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket: bucket,
      Policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "PartnerRead",
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::210987654321:root" },
            Action: "s3:GetObject",
            Resource: `arn:aws:s3:::${bucket}/*`,
          },
          {
            Effect: "Deny",
            NotPrincipal: { AWS: `arn:aws:iam::${account.accountId}:root` },
            NotAction: ["s3:Get*", "s3:List*"],
            Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
            Condition: { NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24"] } },
          },
          // The program has a statement of this name, too.
          {
            Sid: "DenyWithoutTls",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:PutObject",
            Resource: `arn:aws:s3:::${bucket}/*`,
            Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } },
          },
          // Like the program's, but for one tag, which is empty.
          {
            Sid: "TlsForUntagged",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
            Condition: {
              Bool: { "aws:SecureTransport": "false" },
              StringNotEquals: { "aws:PrincipalTag/x": "" },
            },
          },
        ],
      }),
    }),
  );
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      Bucket: bucket,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: "archive",
            Status: "Enabled",
            Filter: { Prefix: "old/" },
            Expiration: { Days: 900 },
          },
          // The program has a rule of this name, too.
          {
            ID: "unfinished-uploads",
            Status: "Enabled",
            Filter: { Prefix: "" },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 30 },
          },
          {
            ID: "cold",
            Status: "Disabled",
            Filter: {
              And: {
                Prefix: "cold/",
                Tags: [{ Key: "class", Value: "cold" }],
                ObjectSizeGreaterThan: 1024,
                ObjectSizeLessThan: 1_000_000,
              },
            },
            Transitions: [{ Days: 30, StorageClass: "STANDARD_IA" }],
            NoncurrentVersionTransitions: [{ NoncurrentDays: 60, StorageClass: "GLACIER" }],
            NoncurrentVersionExpiration: { NoncurrentDays: 365, NewerNoncurrentVersions: 3 },
          },
          // Empty values, which mean something.
          {
            ID: "unclassified",
            Status: "Enabled",
            Filter: {
              And: {
                Prefix: "in/",
                Tags: [
                  { Key: "class", Value: "" },
                  { Key: "kind", Value: "csv" },
                ],
              },
            },
            Expiration: { Days: 30 },
          },
          {
            ID: "not-empty",
            Status: "Enabled",
            Filter: { ObjectSizeGreaterThan: 0 },
            Transitions: [{ Days: 0, StorageClass: "INTELLIGENT_TIERING" }],
          },
          {
            ID: "campaign",
            Status: "Enabled",
            Filter: { Tag: { Key: "campaign", Value: "" } },
            Expiration: { Date: new Date("2030-01-01T00:00:00Z") },
          },
        ],
      },
    }),
  );
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: {
        QueueConfigurations: [
          {
            Id: "others",
            QueueArn: `arn:aws:sqs:${region}:${account.accountId}:others`,
            Events: ["s3:ObjectRemoved:*"],
            Filter: { Key: { FilterRules: [{ Name: "prefix", Value: "in/" }] } },
          },
          {
            Id: "others-too",
            QueueArn: `arn:aws:sqs:${region}:${account.accountId}:others`,
            Events: ["s3:ObjectCreated:Put"],
            Filter: { Key: { FilterRules: [{ Name: "suffix", Value: ".csv" }] } },
          },
          // To the program's own queue, but not for every upload.
          {
            Id: "reports",
            QueueArn: `arn:aws:sqs:${region}:${account.accountId}:${names.queue}`,
            Events: ["s3:ObjectCreated:*"],
            Filter: { Key: { FilterRules: [{ Name: "suffix", Value: ".pdf" }] } },
          },
        ],
        TopicConfigurations: [
          {
            Id: "announce",
            TopicArn: `arn:aws:sns:${region}:${account.accountId}:uploads`,
            Events: ["s3:ObjectRestore:*"],
          },
        ],
        EventBridgeConfiguration: {},
      },
    }),
  );
}
