import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
} from "@aws-sdk/client-cloudwatch";
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { GetParameterCommand, PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { Client } from "pg";
import { cloudStatus, resetCloud, startCloud, stopCloud } from "../../keeper";
import { packageRoot } from "../../process/home";
import { waitUntil } from "../../process/wait";
import { temporaryHome } from "../../../tests/support/cloud";

const run = promisify(execFile);

/** Every process that names the home: keeper, servers and their children. */
async function processesOf(home: string): Promise<string[]> {
  const { stdout } = await run("ps", ["-A", "-ww", "-o", "pid=,command="]);
  return stdout.split("\n").filter((line) => line.includes(home));
}

const allGone = (home: string) =>
  waitUntil(async () => (await processesOf(home)).length === 0, {
    what: `every process of ${home} to end`,
    withinMs: 45_000,
  });

function clientConfig(endpoint: string) {
  const credentials = { accessKeyId: "123456789012", secretAccessKey: "local" };
  return { region: "ap-northeast-1", endpoint, credentials };
}

async function query(databaseUrl: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("the keeper", function () {
  // Each test starts servers of its own, some of them twice.
  this.timeout(90_000);
  let home: string;
  beforeEach(() => {
    home = temporaryHome();
  });
  afterEach(async () => {
    await stopCloud(home);
    await rm(home, { recursive: true, force: true });
  });

  it("ends a start at once, with the reason, when the database fails while the cloud still starts", async () => {
    // A folder where a file should be written: it fails before the cloud's process exists.
    await mkdir(join(home, "postgres.port"));
    await mkdir(join(home, "postgres"));
    await writeFile(join(home, "postgres.ready"), "");
    await writeFile(join(home, "postgres.password"), "x");
    const error = await startCloud({ home }).catch((fault: unknown) => fault);
    expect(String(error)).to.include("postgres.port");
    await allGone(home);
    expect(cloudStatus(home).running).to.equal(false);
  });

  it("ends a start with PostgreSQL's own words when its data is of another version", async () => {
    await mkdir(join(home, "postgres"));
    await writeFile(join(home, "postgres", "PG_VERSION"), "9.6\n");
    await writeFile(join(home, "postgres", "postgresql.conf"), "");
    await writeFile(join(home, "postgres.ready"), "");
    await writeFile(join(home, "postgres.password"), "x");
    const error = await startCloud({ home }).catch((fault: unknown) => fault);
    expect(String(error))
      .to.match(/it ended with code/)
      .and.include("database.log");
    await allGone(home);
  });

  it("refuses a home in which nothing can be created, before anything starts", async () => {
    for (const unusable of ["/proc/nope", join(home, "file", "home")]) {
      await writeFile(join(home, "file"), "");
      const error = await startCloud({ home: unusable }).catch((fault: unknown) => fault);
      expect(String(error)).to.include(unusable).and.include("PULUMI_LOCAL_HOME");
    }
  });

  it("leaves no process after a stop, and keeps what the cloud and the database hold", async () => {
    const before = await startCloud({ home });
    const config = clientConfig(before.endpoint);
    const sqs = new SQSClient(config);
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "kept" }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "still here" }));
    const s3 = new S3Client({ ...config, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "kept" }));
    await s3.send(new PutObjectCommand({ Bucket: "kept", Key: "鍵 1", Body: "日本語" }));
    const ssm = new SSMClient(config);
    const parameter = { Name: "/x/database-url", Value: before.databaseUrl };
    await ssm.send(new PutParameterCommand({ ...parameter, Type: "SecureString" }));
    await query(before.databaseUrl, "create table kept as select 1 as one");

    expect(await stopCloud(home)).to.equal(true);
    expect(await processesOf(home)).to.deep.equal([]);
    expect(cloudStatus(home)).to.deep.equal({ running: false });

    const after = await startCloud({ home });
    expect(after).to.deep.equal({ ...before, pid: after.pid });
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    expect(received.Messages?.[0]?.Body).to.equal("still here");
    const object = await s3.send(new GetObjectCommand({ Bucket: "kept", Key: "鍵 1" }));
    expect(await object.Body?.transformToString()).to.equal("日本語");
    const { Parameter } = await ssm.send(
      new GetParameterCommand({ Name: "/x/database-url", WithDecryption: true }),
    );
    expect(Parameter).to.include({ Type: "SecureString", Value: before.databaseUrl });
    expect(await query(after.databaseUrl, "select one from kept")).to.deep.equal([{ one: 1 }]);
  });

  it("deletes all data on reset, and keeps the same address", async () => {
    const before = await startCloud({ home });
    const sqs = new SQSClient(clientConfig(before.endpoint));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "gone" }));
    await resetCloud(home);
    const after = cloudStatus(home);
    expect(after).to.include({ running: true, endpoint: before.endpoint });
    const send = sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "to nobody" }));
    expect(await send.catch((error: Error) => error.name)).to.equal("QueueDoesNotExist");
  });

  it("starts one cloud for two simultaneous starts", async () => {
    const [one, other] = await Promise.all([startCloud({ home }), startCloud({ home })]);
    expect(one).to.deep.equal(other);
  });

  it("stops everything when the one it is attached to is killed with SIGKILL", async () => {
    const script = `require("./local/keeper").startCloud({ home: ${JSON.stringify(home)}, attached: true })
      .then(() => { console.log("ready"); setInterval(() => {}, 1000); });`;
    const starter = spawn(process.execPath, ["-r", "tsx/cjs", "-e", script], {
      cwd: packageRoot,
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(starter.stdout, "data");
    expect(cloudStatus(home).running).to.equal(true);
    expect((await processesOf(home)).length).to.be.greaterThan(2);
    starter.kill("SIGKILL");
    await allGone(home);
    expect(cloudStatus(home)).to.deep.equal({ running: false });
  });

  it("keeps running after the command that started it detached has ended", async () => {
    const script = `require("./local/keeper").startCloud({ home: ${JSON.stringify(home)} });`;
    await run(process.execPath, ["-r", "tsx/cjs", "-e", script], { cwd: packageRoot });
    const status = cloudStatus(home);
    if (!status.running) throw new Error("the cloud went down with the command");
    expect((await fetch(`${status.endpoint}/_ministack/ready`)).status).to.equal(200);
  });

  it("leaves no process when the keeper is killed, and the next start works", async () => {
    const before = await startCloud({ home });
    process.kill(before.pid, "SIGKILL");
    await waitUntil(() => !cloudStatus(home).running, { what: "the end", withinMs: 45_000 });
    const after = await startCloud({ home });
    expect(after.pid).not.to.equal(before.pid);
    expect(await query(after.databaseUrl, "select 1 as one")).to.deep.equal([{ one: 1 }]);
    process.kill(after.pid, "SIGKILL");
    await allGone(home);
  });

  it("runs the alarms of the regions that the stacks name", async () => {
    const { endpoint } = await startCloud({ home, clockSpeed: 60 });
    const cloudWatch = new CloudWatchClient(clientConfig(endpoint));
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: "silence",
        Namespace: "Own",
        MetricName: "Beat",
        Statistic: "Sum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: "LessThanThreshold",
        TreatMissingData: "breaching",
      }),
    );
    const stacks = join(home, "state", ".pulumi", "stacks", "own");
    await mkdir(stacks, { recursive: true });
    const resources = [{ type: "aws:sqs/queue:Queue", outputs: { region: "ap-northeast-1" } }];
    await writeFile(
      join(stacks, "dev.json"),
      JSON.stringify({ checkpoint: { latest: { resources } } }),
    );
    await waitUntil(
      async () => {
        const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({}));
        return MetricAlarms?.[0]?.StateValue === "ALARM";
      },
      { what: "the alarm", withinMs: 45_000 },
    );
  });

  it("says why a server does not start, with the end of its log and where that is", async () => {
    await startCloud({ home });
    await stopCloud(home);
    await writeFile(join(home, "postgres", "PG_VERSION"), "9.1\n");
    const failed = await startCloud({ home }).then(
      () => "nothing",
      (error: Error) => error.message,
    );
    expect(failed).to.match(/PostgreSQL .* ended with code 1/);
    expect(failed).to.include(join(home, "logs", "database.log"));
    expect(failed).to.match(/initialized by PostgreSQL version 9\.1/);
    expect(await processesOf(home)).to.deep.equal([]);
  });
});
