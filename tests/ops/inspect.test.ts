import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as s3Client from "@aws-sdk/client-s3";
import * as sqsClient from "@aws-sdk/client-sqs";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { expect } from "chai";
import { readBackup, writeBackup, type Backup } from "../../ops/adopt/backup";
import { assertAllRead, inspect } from "../../ops/adopt/inspect";
import { inspectors, type Clients } from "../../ops/adopt/inspectors";
import { differsFrom, putBack } from "../../ops/adopt/put-back";
import { embeddedCloud, type TestAccount } from "../support/cloud";
import { servicesMaySend } from "../support/queue-policy";

const region = "ap-northeast-1";

describe("the backup of queues and buckets", function () {
  this.timeout(60_000);
  let account: TestAccount;
  let clients: Clients;
  before(async () => {
    account = (await embeddedCloud()).account();
    clients = {
      sqs: new sqsClient.SQSClient(account.clientConfig()),
      s3: new s3Client.S3Client({ ...account.clientConfig(), forcePathStyle: true }),
    };
  });

  const parts = Object.keys(inspectors).filter((type) => type.startsWith("aws:s3/"));
  const partsOf = (bucket: string) =>
    parts.map((type) => ({ name: `${bucket}-${type}`, type, inputs: { bucket } }));
  const queue = (name: string) => ({ name, type: "aws:sqs/queue:Queue", inputs: { name } });
  const backupOf = async (resources: Parameters<typeof inspect>[0]): Promise<Backup> =>
    JSON.parse(
      JSON.stringify({
        ...{
          environment: "dev",
          system: "demo",
          accountId: account.accountId,
          region,
          at: new Date().toISOString(),
        },
        resources: (await inspect(resources, clients)).found,
      }),
    ) as Backup;
  const arn = (name: string) => `arn:aws:sqs:${region}:${account.accountId}:${name}`;

  async function createQueue(QueueName: string, Attributes: Record<string, string>) {
    const { sqs } = clients;
    await sqs.send(new sqsClient.CreateQueueCommand({ QueueName, Attributes, tags: { a: "1" } }));
  }
  async function setQueue(QueueName: string, Attributes: Record<string, string>) {
    const { sqs } = clients;
    const { QueueUrl } = await sqs.send(new sqsClient.GetQueueUrlCommand({ QueueName }));
    await sqs.send(new sqsClient.SetQueueAttributesCommand({ QueueUrl, Attributes }));
    await sqs.send(new sqsClient.TagQueueCommand({ QueueUrl, Tags: { a: "2", b: "3" } }));
  }

  it("puts every attribute of a queue back, and unsets those that were not set", async () => {
    const policy = (Sid: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Sid, Effect: "Allow", Principal: "*", Action: "sqs:SendMessage", Resource: "*" },
        ],
      });
    const fifo = { FifoQueue: "true" };
    await createQueue("dead.fifo", {
      ...fifo,
      RedriveAllowPolicy: JSON.stringify({
        redrivePermission: "byQueue",
        sourceQueueArns: [arn("work.fifo"), arn("other.fifo")],
      }),
    });
    await createQueue("work.fifo", {
      ...fifo,
      ...{ DelaySeconds: "7", MaximumMessageSize: "4096", MessageRetentionPeriod: "70000" },
      ...{ ReceiveMessageWaitTimeSeconds: "3", VisibilityTimeout: "77" },
      ...{ ContentBasedDeduplication: "true", DeduplicationScope: "messageGroup" },
      ...{ FifoThroughputLimit: "perMessageGroupId", Policy: policy("Partner") },
      ...{ KmsMasterKeyId: "alias/files", KmsDataKeyReusePeriodSeconds: "600" },
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn("dead.fifo"), maxReceiveCount: 9 }),
    });
    await createQueue("plain", {});
    // The one that needs another is first.
    const backup = await backupOf([queue("work.fifo"), queue("dead.fifo"), queue("plain")]);
    const saved = backup.resources[0]?.existing?.attributes as Record<string, string>;
    expect(saved).to.include({
      KmsMasterKeyId: "alias/files",
      FifoThroughputLimit: "perMessageGroupId",
    });
    expect(await differsFrom(backup, clients)).to.deep.equal({ steps: [], faults: [] });

    await setQueue("work.fifo", {
      ...{ DelaySeconds: "0", MaximumMessageSize: "1024", VisibilityTimeout: "900" },
      ...{ ContentBasedDeduplication: "false", DeduplicationScope: "queue" },
      ...{ FifoThroughputLimit: "perQueue", Policy: policy("Ours"), RedrivePolicy: "" },
      ...{ KmsDataKeyReusePeriodSeconds: "300" },
    });
    await setQueue("dead.fifo", { RedriveAllowPolicy: "" });
    await setQueue("plain", {
      ...{ Policy: policy("Ours"), KmsMasterKeyId: "alias/ours" },
      RedriveAllowPolicy: JSON.stringify({ redrivePermission: "denyAll" }),
    });
    const { steps } = await differsFrom(backup, clients);
    expect(steps.map(({ name }) => name)).to.deep.equal(["dead.fifo", "plain", "work.fifo"]);
    expect((await putBack(steps, clients)).failed).to.deep.equal([]);
    expect(await differsFrom(backup, clients)).to.deep.equal({ steps: [], faults: [] });
  });

  it("puts every part of a bucket back, and removes those that were not there", async () => {
    const { s3 } = clients;
    const [full, bare] = ["full", "bare"].map((name) => `${name}-${account.accountId}`) as [
      string,
      string,
    ];
    for (const Bucket of [full, bare]) {
      await s3.send(
        new s3Client.CreateBucketCommand({
          Bucket,
          CreateBucketConfiguration: { LocationConstraint: region },
        }),
      );
    }
    await createQueue("notified", { Policy: servicesMaySend(arn("notified")) });
    await new SNSClient(account.clientConfig()).send(new CreateTopicCommand({ Name: "notified" }));
    const set = async (Bucket: string, which: "old" | "new") => {
      const old = which === "old";
      await s3.send(
        new s3Client.PutBucketTaggingCommand({
          Bucket,
          Tagging: { TagSet: [{ Key: "which", Value: which }] },
        }),
      );
      await s3.send(
        new s3Client.PutBucketVersioningCommand({
          Bucket,
          VersioningConfiguration: { Status: old ? "Suspended" : "Enabled" },
        }),
      );
      await s3.send(
        new s3Client.PutBucketEncryptionCommand({
          Bucket,
          ServerSideEncryptionConfiguration: {
            Rules: [
              {
                ApplyServerSideEncryptionByDefault: old
                  ? { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "alias/files" }
                  : { SSEAlgorithm: "AES256" },
                BucketKeyEnabled: old,
              },
            ],
          },
        }),
      );
      await s3.send(
        new s3Client.PutPublicAccessBlockCommand({
          Bucket,
          PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: !old },
        }),
      );
      await s3.send(
        new s3Client.PutBucketOwnershipControlsCommand({
          Bucket,
          OwnershipControls: {
            Rules: [{ ObjectOwnership: old ? "ObjectWriter" : "BucketOwnerEnforced" }],
          },
        }),
      );
      await s3.send(
        new s3Client.PutBucketLifecycleConfigurationCommand({
          Bucket,
          LifecycleConfiguration: {
            Rules: [
              {
                ID: which,
                Status: "Enabled",
                Filter: { Prefix: "a/" },
                Expiration: { Date: new Date("2030-01-01T00:00:00Z") },
              },
            ],
          },
        }),
      );
      await s3.send(
        new s3Client.PutBucketPolicyCommand({
          Bucket,
          Policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Sid: which,
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${account.accountId}:root` },
                Action: "s3:GetObject",
                Resource: `arn:aws:s3:::${Bucket}/*`,
              },
            ],
          }),
        }),
      );
      await s3.send(
        new s3Client.PutBucketNotificationConfigurationCommand({
          Bucket,
          NotificationConfiguration: old
            ? {
                QueueConfigurations: [
                  {
                    ...{ Id: "q", QueueArn: arn("notified"), Events: ["s3:ObjectRemoved:*"] },
                    Filter: { Key: { FilterRules: [{ Name: "prefix", Value: "in/" }] } },
                  },
                ],
                TopicConfigurations: [
                  {
                    ...{ Id: "t", Events: ["s3:ObjectRestore:*"] },
                    TopicArn: `arn:aws:sns:${region}:${account.accountId}:notified`,
                  },
                ],
                EventBridgeConfiguration: {},
              }
            : {
                QueueConfigurations: [
                  { Id: "n", QueueArn: arn("notified"), Events: ["s3:ObjectCreated:*"] },
                ],
              },
        }),
      );
    };
    await set(full, "old");
    const backup = await backupOf([...partsOf(full), ...partsOf(bare)]);
    expect(
      backup.resources.filter(({ target, existing }) => target === full && existing === undefined),
    ).to.deep.equal([]);
    expect(await differsFrom(backup, clients)).to.deep.equal({ steps: [], faults: [] });

    await set(full, "new");
    await set(bare, "new");
    const { steps } = await differsFrom(backup, clients);
    expect(steps.filter(({ target }) => target === full)).to.have.length(parts.length);
    expect((await putBack(steps, clients)).failed).to.deep.equal([]);
    const { steps: left } = await differsFrom(backup, clients);
    // S3 cannot forget that there were versions.
    expect(left.map(({ name }) => name)).to.deep.equal(
      left.length === 0 ? [] : [`${bare}-aws:s3/bucketVersioning:BucketVersioning`],
    );
  });

  it("goes on when one cannot be put back, and says which", async () => {
    await createQueue("stays", { DelaySeconds: "1" });
    await createQueue("goes", { DelaySeconds: "1" });
    const backup = await backupOf([queue("goes"), queue("stays")]);
    await setQueue("stays", { DelaySeconds: "2" });
    const { QueueUrl } = await clients.sqs.send(
      new sqsClient.GetQueueUrlCommand({ QueueName: "goes" }),
    );
    await clients.sqs.send(new sqsClient.DeleteQueueCommand({ QueueUrl }));
    const { steps } = await differsFrom(backup, clients);
    const { done, failed } = await putBack(steps, clients);
    expect(done.map(({ name }) => name)).to.deep.equal(["stays"]);
    expect(failed.map(({ name }) => name)).to.deep.equal(["goes"]);
    expect(failed[0]?.reason).to.match(/does not exist/i);
  });

  it("says which right is missing, instead of taking a refusal for an absence", async () => {
    const refusing = createServer((_, response) => {
      response.statusCode = 403;
      response.end("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>");
    });
    await new Promise<void>((done) => refusing.listen(0, "127.0.0.1", done));
    const { port } = refusing.address() as AddressInfo;
    const refused = {
      sqs: clients.sqs,
      s3: new s3Client.S3Client({
        ...account.clientConfig(),
        endpoint: `http://127.0.0.1:${port}`,
        forcePathStyle: true,
      }),
    };
    const part = (name: string, type: string) => ({ name, type, inputs: { bucket: "b" } });
    const planned = [
      part("p", "aws:s3/bucketPolicy:BucketPolicy"),
      part("l", "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"),
    ];
    const { found, faults } = await inspect(planned, refused);
    refusing.close();
    expect(found).to.deep.equal([]);
    expect(() => assertAllRead(faults))
      .to.throw(
        /^p \(b\) cannot be inspected: Access Denied\. Reading it needs s3:GetBucketPolicy\./,
      )
      .with.property("message")
      .include("l (b) cannot be inspected")
      .and.include("another account");
    expect(() => assertAllRead([])).not.to.throw();
  });

  it("is read only for its own system and account, and whole", () => {
    const folder = mkdtempSync(join(tmpdir(), "queuefleet-backup-"));
    try {
      const file = join(folder, "adopt-dev.json");
      const mine = { environment: "dev", system: "demo", accountId: "123456789012" };
      const policy = {
        ...{ name: "p", type: "aws:s3/bucketPolicy:BucketPolicy", target: "b", inputs: {} },
        existing: { Policy: "{}" },
      };
      const backup = (over: object = {}): Backup => ({
        ...mine,
        region,
        at: "2026-11-27T01:02:03.000Z",
        resources: [policy],
        ...over,
      });
      expect(writeBackup(file, backup())).to.equal(undefined);
      expect(readBackup(file, mine)).to.deep.equal(backup());
      const other = (over: object) => () => readBackup(file, { ...mine, ...over });
      expect(other({ accountId: "210987654321" })).to.throw("is a backup of account 123456789012");
      expect(other({ environment: "prod" })).to.throw("is a backup of demo dev, not of demo prod");
      // A second one does not lose the first.
      const moved = writeBackup(file, backup({ at: "2026-11-28T01:02:03.000Z" }));
      expect(moved).to.equal(join(folder, "adopt-dev-2026-11-27T01-02-03.000Z.json"));
      expect(readBackup(moved ?? "", mine)).to.deep.equal(backup());
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      for (const text of [
        ...["", "{", "[]", "null"],
        JSON.stringify(backup({ accountId: undefined })),
        JSON.stringify(backup({ resources: [{ ...policy, type: "aws:sns/topic:Topic" }] })),
        JSON.stringify(backup({ resources: [{ ...policy, existing: {} }] })),
      ]) {
        writeFileSync(file, text);
        expect(() => readBackup(file, mine), text).to.throw(/damaged[^]*Nothing was changed/);
        expect(() => writeBackup(file, backup()), text).to.throw("damaged");
        expect(readFileSync(file, "utf8")).to.equal(text);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
