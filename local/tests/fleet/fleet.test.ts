import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  AutoScalingClient,
  CreateAutoScalingGroupCommand,
  SetDesiredCapacityCommand,
  StartInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
} from "@aws-sdk/client-auto-scaling";
import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { stringify } from "yaml";
import { Fleet } from "../../fleet";
import { isAlive, ProcessSet } from "../../process/process-set";
import { waitUntil } from "../../process/wait";
import { embeddedCloud, temporaryHome, type TestAccount } from "../../../tests/support/cloud";

/** Logs its environment, reports metrics in EMF, logs "goodbye" on SIGTERM and exits with an error on SIGUSR2. */
const program = (version: string) => `
  console.log(JSON.stringify({ message: "started", version: ${JSON.stringify(version)}, env: process.env }));
  console.log(JSON.stringify({
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: [{ Namespace: "Test/Fleet", Dimensions: [["Kind"]],
      Metrics: [{ Name: "Started", Unit: "Count" }] }] }, Kind: "tiny", Started: 1 }));
  process.on("SIGTERM", () => { console.log("goodbye"); process.exit(0); });
  process.on("SIGUSR2", () => process.exit(3));
  setInterval(() => {}, 1000);
`;

describe("the fleet", () => {
  let home: string;
  let bucket: string;
  let account: TestAccount;
  let endpoint: string;
  let fleet: Fleet;
  let processes: ProcessSet;

  beforeEach(async () => {
    const cloud = await embeddedCloud();
    endpoint = cloud.endpoint;
    account = cloud.account();
    // Names of buckets are one space for all accounts.
    bucket = `bundles-${account.accountId}`;
    home = temporaryHome();
    processes = new ProcessSet();
    const s3 = new S3Client({ ...account.clientConfig(), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  });
  afterEach(async () => {
    await fleet.stop();
    await processes.close();
    await rm(home, { recursive: true, force: true });
  });

  async function release(version: string, sha256?: string): Promise<string> {
    const body = program(version);
    const key = `worker/${version}/worker.js`;
    const s3 = new S3Client({ ...account.clientConfig(), forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }));
    const variables = {
      AWS_REGION: "ap-northeast-1",
      QUEUE_URL: `${endpoint}/q`,
      LOG_GROUP: "/fleet/worker",
      WORKER_BUNDLE_BUCKET: bucket,
      WORKER_BUNDLE_KEY: key,
      WORKER_BUNDLE_SHA256: sha256 ?? createHash("sha256").update(body).digest("hex"),
    };
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    const unit = "[Service]\nRestart=on-failure\nRestartSec=100ms\nTimeoutStopSec=5\n";
    const write_files = [
      { path: "/etc/queuefleet/worker.env", content: lines.join("\n") },
      { path: "/etc/systemd/system/queuefleet-worker.service", content: unit },
    ];
    return Buffer.from(`#cloud-config\n${stringify({ write_files })}`).toString("base64");
  }

  async function createGroup(userData: string, size: number): Promise<void> {
    const ec2 = new EC2Client(account.clientConfig());
    await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: "tiny",
        LaunchTemplateData: { UserData: userData },
      }),
    );
    await new AutoScalingClient(account.clientConfig()).send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: "tiny",
        MinSize: 0,
        MaxSize: 5,
        DesiredCapacity: size,
        LaunchTemplate: { LaunchTemplateName: "tiny", Version: "1" },
        AvailabilityZones: ["ap-northeast-1a"],
      }),
    );
  }

  function startFleet(): void {
    const scope = { endpoint, accountId: account.accountId, region: "ap-northeast-1" };
    fleet = new Fleet({
      scopes: () => [scope],
      folder: join(home, "machines"),
      processes,
      log: (line) => messages.push(line),
      lookEveryMs: 100,
    });
  }
  let messages: string[] = [];
  beforeEach(() => (messages = []));

  const log = (id: string): string => {
    try {
      return readFileSync(join(home, "machines", id, "worker.log"), "utf8");
    } catch {
      return "";
    }
  };
  const running = () => [...fleet.workers()].filter(([id]) => log(id).includes("started"));
  const until = (what: string, condition: () => boolean | Promise<boolean>) =>
    waitUntil(condition, { what, withinMs: 45_000 });

  it("runs one worker per machine, with the environment of its user data, and ships lines and metrics", async () => {
    await createGroup(await release("v1"), 2);
    startFleet();
    await until("two workers", () => running().length === 2);
    const [id = ""] = [...fleet.workers().keys()];
    const started = JSON.parse(log(id).split("\n")[0] ?? "") as { env: Record<string, string> };
    expect(started.env).to.include({
      INSTANCE_ID: id,
      QUEUE_URL: `${endpoint}/q`,
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: account.accountId,
    });
    expect(Object.keys(started.env)).not.to.include("HOME");

    const logs = new CloudWatchLogsClient(account.clientConfig());
    await until("log events of both machines", async () => {
      const query = new FilterLogEventsCommand({ logGroupName: "/fleet/worker" });
      const { events = [] } = await logs.send(query).catch(() => ({ events: [] }));
      return new Set(events.map((event) => event.logStreamName)).size === 2;
    });
    const metrics = new CloudWatchClient(account.clientConfig());
    await until("the metric of both machines, counted once each", async () => {
      const { MetricDataResults } = await metrics.send(
        new GetMetricDataCommand({
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
                Stat: "Sum",
              },
            },
          ],
        }),
      );
      return MetricDataResults?.[0]?.Values?.reduce((sum, value) => sum + value, 0) === 2;
    });
  });

  it("starts a crashed worker again, and not one that ended well", async () => {
    await createGroup(await release("v1"), 1);
    startFleet();
    await until("a worker", () => running().length === 1);
    const [[id = "", first] = []] = fleet.workers();
    process.kill(first ?? 0, "SIGUSR2");
    await until("another process", () => ![undefined, first].includes(fleet.workers().get(id)));
    await until("its second start", () => log(id).split('"started"').length === 3);
    process.kill(fleet.workers().get(id) ?? 0, "SIGTERM");
    await until("its end", () => messages.some((line) => line.endsWith("ended with code 0")));
    expect(fleet.workers().get(id)).to.equal(undefined);
  });

  it("sends SIGTERM to the worker of a machine that a scale-in terminates", async () => {
    await createGroup(await release("v1"), 2);
    startFleet();
    await until("two workers", () => running().length === 2);
    const before = new Map(fleet.workers());
    await new AutoScalingClient(account.clientConfig()).send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: "tiny", DesiredCapacity: 1 }),
    );
    await until("one worker", () => fleet.workers().size === 1);
    const [[gone = "", pid = 0] = []] = [...before].filter(([id]) => !fleet.workers().has(id));
    await until("the end of its process", () => !isAlive(pid));
    // What a process wrote last may arrive after its end.
    await until("its goodbye", () => log(gone).includes("goodbye"));
  });

  it("puts a new bundle on every machine with an instance refresh, not before", async () => {
    await createGroup(await release("v1"), 1);
    startFleet();
    await until("a worker", () => running().length === 1);
    const [old = ""] = fleet.workers().keys();
    await new EC2Client(account.clientConfig()).send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateName: "tiny",
        LaunchTemplateData: { UserData: await release("v2") },
      }),
    );
    const scaling = new AutoScalingClient(account.clientConfig());
    await scaling.send(
      new UpdateAutoScalingGroupCommand({
        AutoScalingGroupName: "tiny",
        LaunchTemplate: { LaunchTemplateName: "tiny", Version: "2" },
      }),
    );
    expect([...fleet.workers().keys()]).to.deep.equal([old]);
    await scaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: "tiny" }));
    await until("the new worker", () => running().some(([id]) => log(id).includes('"v2"')));
    await until("the old one's goodbye", () => log(old).includes("goodbye"));
    expect(fleet.workers().size).to.equal(1);
  });

  it("runs nothing whose hash is not the one in the user data", async () => {
    await createGroup(await release("v1", "0".repeat(64)), 1);
    startFleet();
    await until("the refusal", () =>
      messages.some((line) => /has the hash .* not 0{64}/.test(line)),
    );
    expect([...fleet.workers().values()]).to.deep.equal([undefined]);
  });
});
