import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  CreateBucketCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { CreateTopicCommand, SNSClient } from "@aws-sdk/client-sns";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { parse } from "yaml";
import { inspect } from "../../ops/adopt/inspect";
import { embeddedCloud, type TestAccount } from "../support/cloud";
import { environmentWithout, start } from "../support/run-cli";

const root = resolve(__dirname, "../..");
const region = "ap-northeast-1";

describe("adopting the queues and buckets of a system", function () {
  this.timeout(300_000);
  let folder: string;
  let account: TestAccount;
  let sqs: SQSClient;
  let s3: S3Client;
  let suffix: string;
  const names = () => ({
    queue: "file-processing-queue-dev",
    bucket: `cis-filesearch-storage-dev${suffix}`,
  });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "queuefleet-adopt-"));
    for (const part of ["start", "contracts", "components", "systems", "worker", "package.json"]) {
      cpSync(join(root, part), join(folder, part), {
        recursive: true,
        filter: (source) => !source.endsWith(".build"),
      });
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    account = (await embeddedCloud()).account();
    // Names of buckets are one space for all accounts.
    suffix = `-${account.accountId}`;
    sqs = new SQSClient(account.clientConfig());
    s3 = new S3Client({ ...account.clientConfig(), forcePathStyle: true });
    await run("config", "set", "file-search:bucketSuffix", suffix);
    const ssm = new SSMClient(account.clientConfig());
    for (const name of ["database-url", "slack-webhook-url"]) {
      await ssm.send(
        new PutParameterCommand({ Name: `/file-search/dev/${name}`, Value: "x", Type: "String" }),
      );
    }
    await createByHand();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const environment = () => ({
    ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
    ...account.environment(),
    PULUMI_LOCAL_HOME: join(folder, "home"),
    QUEUEFLEET_SYSTEMS: join(folder, "systems"),
    NO_COLOR: "1",
  });
  const project = () => ["-s", "dev", "-C", join(folder, "systems", "file-search")];
  async function run(...parameters: string[]) {
    const { code, stdout, stderr } = await start(environment(), ...parameters, ...project()).done;
    return { code, text: stdout + stderr };
  }
  const ops = (...parameters: string[]) =>
    new Promise<{ code: number; text: string }>((done) => {
      execFile(
        process.execPath,
        [join(root, "ops/bin/ops.js"), ...parameters, "--local"],
        { env: environment() },
        (error, stdout, stderr) => done({ code: Number(error?.code ?? 0), text: stdout + stderr }),
      );
    });
  const adopt = (...parameters: string[]) => ops("adopt", "dev", "file-search", ...parameters);
  const config = () =>
    (
      parse(readFileSync(join(folder, "systems/file-search/Pulumi.dev.yaml"), "utf8")) as {
        config: Record<string, unknown>;
      }
    ).config;

  /** As somebody did it years ago: a partner's statement, a rule of their own, another queue's notification. */
  async function createByHand() {
    const { queue, bucket } = names();
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
            ],
          }),
        },
        tags: { team: "files" },
      }),
    );
    await sqs.send(new CreateQueueCommand({ QueueName: "others" }));
    await new SNSClient(account.clientConfig()).send(new CreateTopicCommand({ Name: "uploads" }));
    await s3.send(
      new CreateBucketCommand({
        Bucket: bucket,
        CreateBucketConfiguration: { LocationConstraint: region },
      }),
    );
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

  /** Everything that the service says of the queue and the bucket. */
  async function everything() {
    const { queue, bucket: Bucket } = names();
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    const stable = Object.entries(Attributes).filter(
      ([key, value]) =>
        !/^(Approximate|LastModified)/.test(key) &&
        // Off, or never set.
        !(key === "SqsManagedSseEnabled" && value === "false"),
    );
    const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    return {
      queue: Object.fromEntries(stable),
      queueTags: (await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags,
      tags: (await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet,
      versioning: (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status,
      policy: JSON.parse(Policy) as { Statement: { Sid?: string }[] },
      rules: (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules,
      notifications: await notifications(Bucket),
    };
  }

  async function notifications(Bucket: string) {
    const all = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    return { ...all, $metadata: undefined };
  }

  it("imports exactly what exists, changes nothing of it, keeps what is foreign, and can be undone", async () => {
    const before = await everything();
    const early = await adopt("--finish", "--yes");
    expect(early.code).to.equal(2);
    expect(early.text).to.include("nothing is being adopted");

    const dry = await adopt("--dry-run");
    expect(dry.code, dry.text).to.equal(0);
    expect(dry.text).to.match(/files-queue .*yes .*delaySeconds 5 → 0.*keeps Partner/);
    expect(dry.text)
      .to.include("keeps archive")
      .and.include("keeps PartnerRead")
      .and.include("tag team files → (none)");
    expect(config()["file-search:adopt"]).to.equal(undefined);

    const begun = await adopt("--yes");
    expect(begun.code, begun.text).to.equal(0);
    const adopted = config()["file-search:adopt"] as string[];
    expect(adopted).to.include.members([
      ...["files-queue", "uploads", "uploads-policy", "uploads-lifecycle", "uploads-to-files"],
    ]);
    expect(adopted).not.to.include("files-dlq");
    expect(adopted).not.to.include("uploads-versioning");
    const again = await adopt("--yes");
    expect(again.code).to.equal(2);
    expect(again.text).to.include("file-search:adopt is set already");

    const tooEarly = await adopt("--finish", "--yes");
    expect(tooEarly.code).to.equal(1);
    expect(config()["file-search:adopt"]).to.deep.equal(adopted);

    const first = await run("up", "--yes");
    expect(first.code, first.text).to.equal(0);
    expect(await everything()).to.deep.equal(before);

    // Without the backup's list of what is foreign, the second update would remove it.
    await run("config", "rm", "file-search:adopt");
    const refused = await run("preview");
    expect(refused.code, refused.text).to.equal(1);
    // Whichever of the three the engine comes to first.
    expect(refused.text).to.match(
      /"(uploads|files)-\S+" would lose what this program did not put there: (archive|Partner|PartnerRead|arn:\S+:others)/,
    );
    expect(refused.text).to.include("ops adopt --finish").and.include("Nothing was changed");

    await run("config", "set", "--path", "file-search:adopt[0]", "uploads");
    const finished = await adopt("--finish", "--yes");
    expect(finished.code, finished.text).to.equal(0);
    const second = await run("up", "--yes");
    expect(second.code, second.text).to.equal(0);
    const after = await everything();
    expect(after.policy.Statement.map(({ Sid }) => Sid)).to.have.members([
      "DenyWithoutTls",
      "PartnerRead",
      undefined,
    ]);
    expect(after.rules?.map(({ ID }) => ID)).to.have.members([
      ...["unfinished-uploads", "archive", "cold"],
    ]);
    const foreign = before.notifications;
    expect(after.notifications.QueueConfigurations).to.deep.include.members(
      foreign.QueueConfigurations ?? [],
    );
    expect(after.notifications.QueueConfigurations).to.have.length(3);
    expect(after.notifications.TopicConfigurations).to.deep.equal(foreign.TopicConfigurations);
    expect(after.notifications).to.include.keys("EventBridgeConfiguration");
    const statements = (policy: string | undefined) =>
      (JSON.parse(policy ?? "{}") as { Statement: object[] }).Statement;
    expect(statements(after.queue.Policy)).to.deep.include.members(statements(before.queue.Policy));
    expect(after.versioning).to.equal("Enabled");
    expect(after.queue).to.include({ DelaySeconds: "0", VisibilityTimeout: "900" });
    const unchanged = await run("preview", "--expect-no-changes");
    expect(unchanged.code, unchanged.text).to.equal(0);

    // What a person adds later is not removed either, although the program's own statement is there.
    await run("config", "rm", "file-search:kept");
    const lost = await run("preview");
    expect(lost.code, lost.text).to.equal(1);
    expect(lost.text).to.include("would lose what this program did not put there");

    const restored = await adopt("--restore", "--yes");
    expect(restored.code, restored.text).to.equal(0);
    // S3 cannot forget that there were versions.
    expect(await everything()).to.deep.equal({ ...before, versioning: "Suspended" });
  });

  it("says which right is missing, instead of taking a refusal for an absence", async () => {
    const refusing = createServer((request, response) => {
      const action = `s3:${request.url?.includes("?policy") === true ? "GetBucketPolicy" : "Other"}`;
      response.statusCode = 403;
      response.end(
        `<Error><Code>AccessDenied</Code><Message>not authorized to perform: ${action}</Message></Error>`,
      );
    });
    await new Promise<void>((done) => refusing.listen(0, "127.0.0.1", done));
    const { port } = refusing.address() as AddressInfo;
    const clients = {
      sqs,
      s3: new S3Client({
        ...account.clientConfig(),
        endpoint: `http://127.0.0.1:${port}`,
        forcePathStyle: true,
      }),
    };
    const planned = [
      { name: "p", type: "aws:s3/bucketPolicy:BucketPolicy", inputs: { bucket: "b" } },
    ];
    const refusal = await inspect(planned, clients).catch((error: Error) => error.message);
    refusing.close();
    expect(refusal).to.equal(
      "b cannot be inspected: not authorized to perform: s3:GetBucketPolicy",
    );
  });
});
