import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AutoScaling, type CreateAutoScalingGroupCommandInput } from "@aws-sdk/client-auto-scaling";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { EC2 } from "@aws-sdk/client-ec2";
import { S3 } from "@aws-sdk/client-s3";
import { stringify } from "yaml";
import { bundleKey } from "../../../contracts/release";
import { Fleet } from "../../fleet";
import { ProcessSet } from "../../process/process-set";
import { waitUntil } from "../../process/wait";
import { createInstanceProfile } from "../../../tests/support/role";
import { embeddedCloud, temporaryHome, type TestAccount } from "../../../tests/support/cloud";

/** Logs its environment once it can be stopped, reports metrics in EMF, logs "goodbye" on SIGTERM and exits with an error on SIGUSR2. */
export const program = (version: string) => `
  process.on("SIGTERM", () => { console.log("goodbye"); process.exit(0); });
  process.on("SIGUSR2", () => process.exit(3));
  console.log(JSON.stringify({ message: "started", version: ${JSON.stringify(version)}, env: process.env }));
  console.log(JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: "Test/Fleet", Dimensions: [["Kind"]],
      Metrics: [{ Name: "Started", Unit: "Count" }] }] }, Kind: "tiny", Started: 1 }));
  setInterval(() => {}, 1000);
`;

export interface Release {
  body?: string;
  /** Instead of the hash of the body. */
  sha256?: string;
  /** Units besides the worker's, by file name, with the hook that each completes. */
  hooks?: Record<string, string>;
}

/** A group of machines in an account of its own, and the fleet that runs their workers. */
export class FleetStage {
  readonly group = "tiny";
  readonly messages: string[] = [];
  readonly autoScaling: AutoScaling;
  readonly ec2: EC2;
  readonly home = temporaryHome();
  readonly bucket: string;
  private readonly processes = new ProcessSet();
  private started: Fleet | undefined;

  private constructor(
    readonly account: TestAccount,
    readonly endpoint: string,
  ) {
    this.autoScaling = new AutoScaling(account.clientConfig());
    this.ec2 = new EC2(account.clientConfig());
    // Names of buckets are one space for all accounts.
    this.bucket = `bundles-${account.accountId}`;
  }

  static async create(): Promise<FleetStage> {
    const cloud = await embeddedCloud();
    const stage = new FleetStage(cloud.account(), cloud.endpoint);
    await stage.s3().createBucket({ Bucket: stage.bucket });
    await createInstanceProfile(stage.account, stage.group);
    return stage;
  }

  get fleet(): Fleet {
    if (this.started === undefined) throw new Error("The fleet was not started.");
    return this.started;
  }

  async close(): Promise<void> {
    await this.started?.stop();
    await this.processes.close();
    await rm(this.home, { recursive: true, force: true });
  }

  /** Stores a bundle, and returns its place. */
  async bundle(version: string, body = program(version)) {
    const sha256 = createHash("sha256").update(body).digest("hex");
    const key = bundleKey(sha256);
    await this.s3().putObject({ Bucket: this.bucket, Key: key, Body: body });
    return { key, sha256 };
  }

  /** Stores a bundle, and returns the user data of machines that run it. */
  async release(version: string, release: Release = {}): Promise<string> {
    const { key, sha256 } = await this.bundle(version, release.body);
    const variables = {
      AWS_REGION: "ap-northeast-1",
      QUEUE_URL: `${this.endpoint}/q`,
      LOG_GROUP: "/fleet/worker",
      WORKER_BUNDLE_BUCKET: this.bucket,
      WORKER_BUNDLE_KEY: key,
      WORKER_BUNDLE_SHA256: release.sha256 ?? sha256,
    };
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    const unit = "[Service]\nRestart=on-failure\nRestartSec=100ms\nTimeoutStopSec=5\n";
    const write_files = [
      { path: "/etc/queuefleet/worker.env", content: lines.join("\n") },
      { path: "/etc/systemd/system/queuefleet-worker.service", content: unit },
      ...Object.entries(release.hooks ?? {}).map(([name, hook]) => ({
        path: `/etc/systemd/system/${name}`,
        content: `[Service]\nEnvironment=LIFECYCLE_HOOK=${hook}\n`,
      })),
    ];
    return Buffer.from(`#cloud-config\n${stringify({ write_files })}`).toString("base64");
  }

  async createGroup(
    userData: string,
    size: number,
    settings: Partial<CreateAutoScalingGroupCommandInput> = {},
  ): Promise<void> {
    const LaunchTemplateData = this.templateData(userData);
    await this.ec2.createLaunchTemplate({ LaunchTemplateName: this.group, LaunchTemplateData });
    await this.autoScaling.createAutoScalingGroup({
      AutoScalingGroupName: this.group,
      MinSize: 0,
      MaxSize: 5,
      DesiredCapacity: size,
      LaunchTemplate: { LaunchTemplateName: this.group, Version: "1" },
      AvailabilityZones: ["ap-northeast-1a"],
      ...settings,
    });
  }

  templateData(UserData: string) {
    return { UserData, IamInstanceProfile: { Name: this.group } };
  }

  startFleet(clockSpeed = 1): void {
    const scope = {
      endpoint: this.endpoint,
      accountId: this.account.accountId,
      region: "ap-northeast-1",
    };
    this.started = new Fleet({
      scopes: () => [scope],
      folder: join(this.home, "machines"),
      processes: this.processes,
      log: (line) => this.messages.push(line),
      clockSpeed,
      lookEveryMs: 100,
    });
  }

  /** What the worker of an instance wrote. */
  log(id: string): string {
    try {
      return readFileSync(join(this.home, "machines", id, "worker.log"), "utf8");
    } catch {
      return "";
    }
  }

  running() {
    return [...this.fleet.workers()].filter(([id]) => this.log(id).includes("started"));
  }

  /** The instances of the group, with their states. */
  async states(): Promise<Map<string, string>> {
    const { AutoScalingGroups } = await this.autoScaling.describeAutoScalingGroups({
      AutoScalingGroupNames: [this.group],
    });
    const instances = AutoScalingGroups?.[0]?.Instances ?? [];
    return new Map(
      instances.map(({ InstanceId = "", LifecycleState = "" }) => [InstanceId, LifecycleState]),
    );
  }

  /** A statistic of the metric that the program reports. */
  async reported(Stat: string): Promise<number> {
    const { MetricDataResults } = await new CloudWatch(this.account.clientConfig()).getMetricData({
      StartTime: new Date(Date.now() - 600_000),
      EndTime: new Date(Date.now() + 600_000),
      MetricDataQueries: [
        {
          Id: "m1",
          MetricStat: {
            Metric: {
              Namespace: "Test/Fleet",
              MetricName: "Started",
              Dimensions: [{ Name: "Kind", Value: "tiny" }],
            },
            Period: 3600,
            Stat,
          },
        },
      ],
    });
    return MetricDataResults?.[0]?.Values?.reduce((sum, value) => sum + value, 0) ?? 0;
  }

  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
    return waitUntil(condition, { what, withinMs: 45_000 });
  }

  private s3(): S3 {
    return new S3({ ...this.account.clientConfig(), forcePathStyle: true });
  }
}
