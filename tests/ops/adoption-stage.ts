import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  PutBucketLifecycleConfigurationCommand,
  S3Client,
  type LifecycleRule,
} from "@aws-sdk/client-s3";
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueueTagsCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { parse, parseDocument } from "yaml";
import { embeddedCloud, type TestAccount } from "../support/cloud";
import { environmentWithout, start } from "../support/run-cli";
import { createByHand } from "./by-hand";

const root = resolve(__dirname, "../..");

/** The program without workers and alarm topics, which nobody adopts: every update would build and deploy them. */
const onlyStorage = `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { loadConfig } from "./config";
import { physicalNames } from "./names";
import { fileStorage } from "./storage";

export = async () => {
  const config = loadConfig();
  const environment = pulumi.getStack();
  const names = physicalNames(environment, config.bucketSuffix);
  const { accountId } = await aws.getCallerIdentity({});
  const { region, runbookBaseUrl, owner, language } = config;
  const topic = \`arn:aws:sns:\${region}:\${accountId}:alerts\`;
  fileStorage({
    config,
    names,
    deployment: { system: "file-search", environment, region, accountId },
    alerting: { topics: { warning: topic, critical: topic }, runbookBaseUrl, owner, language },
  });
};
`;

/** A copy of file-search whose configuration may be changed, and an account in which a queue and a bucket of it exist. */
export class AdoptionStage {
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly names: { queue: string; bucket: string };
  /** Everything, as it was created by hand. */
  byHand: Awaited<ReturnType<AdoptionStage["everything"]>> | undefined;

  private constructor(
    readonly folder: string,
    readonly account: TestAccount,
    /** Names of buckets are one space for all accounts. */
    suffix: string,
  ) {
    this.sqs = new SQSClient(account.clientConfig());
    this.s3 = new S3Client({ ...account.clientConfig(), forcePathStyle: true });
    this.names = {
      queue: "file-processing-queue-dev",
      bucket: `cis-filesearch-storage-dev${suffix}`,
    };
  }

  static async create(): Promise<AdoptionStage> {
    const folder = mkdtempSync(join(tmpdir(), "queuefleet-adopt-"));
    for (const part of ["start", "contracts", "components", "systems", "worker", "package.json"]) {
      cpSync(join(root, part), join(folder, part), {
        recursive: true,
        filter: (source) => !source.endsWith(".build"),
      });
    }
    writeFileSync(join(folder, "systems/file-search/index.ts"), onlyStorage);
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const account = (await embeddedCloud()).account();
    const stage = new AdoptionStage(folder, account, `-${account.accountId}`);
    stage.configure("bucketSuffix", `-${account.accountId}`);
    return stage;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...environmentWithout("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"),
      ...this.account.environment(),
      PULUMI_LOCAL_HOME: join(this.folder, "home"),
      QUEUEFLEET_SYSTEMS: join(this.folder, "systems"),
      NO_COLOR: "1",
    };
  }

  /** `pulumi-local`, for the stack. */
  async run(...parameters: string[]): Promise<{ code: number; text: string }> {
    const project = ["-s", "dev", "-C", join(this.folder, "systems", "file-search")];
    const { done } = start(this.environment(), ...parameters, ...project);
    const { code, stdout, stderr } = await done;
    return { code: code ?? -1, text: stdout + stderr };
  }

  /** `ops adopt`, for the stack. */
  adopt(...parameters: string[]): Promise<{ code: number; text: string; stdout: string }> {
    return new Promise((done) => {
      execFile(
        process.execPath,
        [join(root, "ops/bin/ops.js"), "adopt", "dev", "file-search", ...parameters, "--local"],
        { env: this.environment() },
        (error, stdout, stderr) =>
          done({ code: Number(error?.code ?? 0), text: stdout + stderr, stdout }),
      );
    });
  }

  private get stackFile(): string {
    return join(this.folder, "systems/file-search/Pulumi.dev.yaml");
  }

  /** A value of the stack's file. */
  config(key: string): unknown {
    const { config } = parse(readFileSync(this.stackFile, "utf8")) as {
      config: Record<string, unknown>;
    };
    return config[`file-search:${key}`];
  }

  /** Sets a value there, as a person would in an editor. Undefined removes it. */
  configure(key: string, value: unknown): void {
    const document = parseDocument(readFileSync(this.stackFile, "utf8"));
    const path = ["config", `file-search:${key}`];
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, value);
    writeFileSync(this.stackFile, document.toString());
  }

  /** As somebody did it years ago. */
  async createByHand(): Promise<void> {
    await createByHand(this);
    this.byHand = await this.everything();
  }

  /** Adds a rule to the bucket's lifecycle, or replaces the one of its id. */
  async addRule(rule: LifecycleRule): Promise<void> {
    const { bucket: Bucket } = this.names;
    const { rules = [] } = await this.everything();
    const Rules = [...rules.filter(({ ID }) => ID !== rule.ID), rule];
    const LifecycleConfiguration = { Rules };
    await this.s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }),
    );
  }

  /** Everything that the service says of the queue and the bucket. */
  async everything() {
    const { queue, bucket: Bucket } = this.names;
    const { QueueUrl } = await this.sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
    );
    const stable = Object.entries(Attributes).filter(
      ([key, value]) =>
        !/^(Approximate|LastModified)/.test(key) &&
        // Off, or never set.
        !(key === "SqsManagedSseEnabled" && value === "false"),
    );
    const { Policy = '{ "Statement": [] }' } = await this.s3
      .send(new GetBucketPolicyCommand({ Bucket }))
      .catch(() => ({ Policy: undefined }));
    return {
      queue: Object.fromEntries(stable),
      queueTags: (await this.sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags,
      tags: (await this.s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet,
      versioning: (await this.s3.send(new GetBucketVersioningCommand({ Bucket }))).Status,
      policy: JSON.parse(Policy) as { Statement: { Sid?: string }[] },
      rules: (await this.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules,
      notifications: await this.notifications(Bucket),
    };
  }

  private async notifications(Bucket: string) {
    const all = await this.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    return { ...all, $metadata: undefined };
  }
}
