import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
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
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { parse } from "yaml";
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
  const adopt = (...parameters: string[]) =>
    ops("adopt", "dev", "file-search", "--region", region, ...parameters);
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
            ],
          }),
        },
        tags: { team: "files" },
      }),
    );
    await sqs.send(new CreateQueueCommand({ QueueName: "others" }));
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
            },
          ],
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
      ([key]) => !/^(Approximate|LastModified)/.test(key),
    );
    const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
    return {
      queue: Object.fromEntries(stable),
      queueTags: (await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags,
      tags: (await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet,
      versioning: (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status,
      policy: JSON.parse(Policy) as { Statement: { Sid?: string }[] },
      rules: (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules,
      notifications: (await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket })))
        .QueueConfigurations,
    };
  }

  it("imports exactly what exists, changes nothing of it, keeps what is foreign, and can be undone", async () => {
    const before = await everything();
    const backup = join(folder, "backup.json");

    const dry = await adopt("--backup", backup, "--dry-run");
    expect(dry.code, dry.text).to.equal(0);
    expect(dry.text).to.match(/files-queue .*yes .*delaySeconds 5 → 0/);
    expect(config()["file-search:adopt"]).to.equal(undefined);

    const begun = await adopt("--backup", backup, "--yes");
    expect(begun.code, begun.text).to.equal(0);
    const adopted = config()["file-search:adopt"] as string[];
    expect(adopted).to.include.members([
      ...["files-queue", "uploads", "uploads-policy", "uploads-lifecycle", "uploads-to-files"],
    ]);
    expect(adopted).not.to.include("files-dlq");
    expect(adopted).not.to.include("uploads-versioning");
    const again = await adopt("--backup", backup, "--yes");
    expect(again.code).to.equal(2);
    expect(again.text).to.include("file-search:adopt is set already");

    const first = await run("up", "--yes");
    expect(first.code, first.text).to.equal(0);
    expect(await everything()).to.deep.equal(before);

    // Without the backup's list of what is foreign, the second update would remove it.
    await run("config", "rm", "file-search:adopt");
    const refused = await run("preview");
    expect(refused.code, refused.text).to.equal(1);
    // Whichever of the three the engine comes to first.
    expect(refused.text).to.match(
      /"uploads-\S+" would lose what this program did not put there: (archive|PartnerRead|arn:\S+:others)/,
    );
    expect(refused.text).to.include("ops adopt --finish").and.include("Nothing was changed");

    const finished = await adopt("--finish", backup, "--yes");
    expect(finished.code, finished.text).to.equal(0);
    const second = await run("up", "--yes");
    expect(second.code, second.text).to.equal(0);
    const after = await everything();
    expect(after.policy.Statement.map(({ Sid }) => Sid)).to.have.members([
      "DenyWithoutTls",
      "PartnerRead",
    ]);
    expect(after.rules?.map(({ ID }) => ID)).to.have.members(["unfinished-uploads", "archive"]);
    expect(
      after.notifications?.map(({ QueueArn = "" }) => QueueArn.split(":").at(-1)),
    ).to.have.members(["others", "file-processing-queue-dev"]);
    expect(after.versioning).to.equal("Enabled");
    expect(after.queue).to.include({ DelaySeconds: "0", VisibilityTimeout: "900" });
    const unchanged = await run("preview", "--expect-no-changes");
    expect(unchanged.code, unchanged.text).to.equal(0);

    const restored = await adopt("--restore", backup, "--yes");
    expect(restored.code, restored.text).to.equal(0);
    const back = await everything();
    expect(back.queue).to.include({
      DelaySeconds: "5",
      MaximumMessageSize: "65536",
      VisibilityTimeout: "120",
      Policy: before.queue.Policy,
    });
    expect(back.policy).to.deep.equal(before.policy);
    expect(back.rules).to.deep.equal(before.rules);
    expect(back.notifications).to.deep.equal(before.notifications);
  });
});
