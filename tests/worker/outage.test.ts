import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { Client } from "pg";
import { type Database, startDatabase, stopDatabase } from "../../local/cloud/database";
import { ProcessSet } from "../../local/process/process-set";
import type { WorkerVariables } from "../../contracts/worker-environment";
import { temporaryHome } from "../support/cloud";
import { eventually } from "../support/eventually";
import { QueuePair } from "../support/queue-pair";
import { TcpGate } from "../support/tcp-gate";
import { s3Event } from "./s3-event";
import { WorkerProcess } from "./worker-process";

const parameter = "/test/database-url";
const fileCount = 12;

describe("a worker whose database or S3 goes away", function () {
  this.timeout(120_000);
  const processes = new ProcessSet();
  const home = temporaryHome();
  let database: Database;
  let queues: QueuePair;
  let worker: WorkerProcess;
  let s3: S3Client;
  let bucket: string;
  const keys = Array.from({ length: fileCount }, (_, index) => `file ${index}.txt`);

  before(async () => {
    database = await startDatabase(home, processes);
  });
  after(async () => {
    await processes.close();
    await rm(home, { recursive: true, force: true });
  });
  beforeEach(async () => {
    queues = await QueuePair.create();
    bucket = `files-${queues.account.accountId}`;
    s3 = new S3Client({ ...queues.account.clientConfig(), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
  });
  afterEach(async () => {
    await worker.end();
    s3.destroy();
  });

  const putDatabaseUrl = async (url: string) => {
    const ssm = new SSMClient(queues.account.clientConfig());
    await ssm.send(
      new PutParameterCommand({
        Name: parameter,
        Value: url,
        Type: "SecureString",
        Overwrite: true,
      }),
    );
    ssm.destroy();
  };
  const start = (variables: Partial<WorkerVariables> = {}, more: Record<string, string> = {}) => {
    worker = WorkerProcess.serving(
      queues,
      {
        PROCESSOR: "file",
        DATABASE_URL_PARAMETER: parameter,
        MAX_RECEIVE_COUNT: "2",
        WORKER_CONCURRENCY: "4",
        ...variables,
      },
      more,
    );
  };
  const send = async (some: string[]) => {
    for (const key of some) await queues.send(s3Event(bucket, key));
  };
  const said = (text: RegExp) => worker.lines.filter(({ msg }) => text.test(String(msg)));
  const indexed = async () => {
    const client = new Client({ connectionString: database.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ key: string }>(
      "select key from documents where bucket = $1",
      [bucket],
    );
    await client.end();
    return rows.map(({ key }) => key);
  };
  /** Deleted as well: by then the ledger of finished work has them. */
  const firstAreSettled = async (count: number) => {
    await eventually("all are indexed", () => said(/^object indexed/).length === count, 40_000);
    await eventually("the queue is empty", () => queues.isEmpty());
  };
  /** Nothing lost, nothing dead-lettered, nothing done twice, and one line for each end of the outage. */
  const expectAllWell = async (dependency: string) => {
    await eventually("the queue is empty", () => queues.isEmpty(), 45_000);
    worker.signal("SIGTERM");
    expect(await worker.exit).to.equal(0);
    expect(await queues.count(queues.deadLetterQueueUrl)).to.equal(0);
    expect(await indexed()).to.have.members(keys);
    expect(said(/^object indexed/).map(({ key }) => key)).to.have.members(keys);
    const errors = worker.lines.filter(({ level }) => level === "error");
    expect(errors.map(({ dependency: named, msg }) => named ?? msg)).to.deep.equal([dependency]);
    expect(said(/the outage is over after \d/)).to.have.length(1);
  };

  it("keeps what it has and indexes all of it once PostgreSQL runs again", async () => {
    await putDatabaseUrl(database.databaseUrl);
    start();
    await send(keys.slice(0, 4));
    await firstAreSettled(4);
    await stopDatabase(database, processes);
    await send(keys.slice(4));
    // Two leases and more; two attempts are all a message has.
    await delay(5000);
    expect(await queues.count()).to.equal(fileCount - 4);
    expect(await queues.count(queues.deadLetterQueueUrl)).to.equal(0);
    database = await startDatabase(home, processes);
    await expectAllWell("the index's database");
  });

  it("gives back at once what it keeps when it is stopped", async () => {
    const gate = await TcpGate.before(Number(new URL(database.databaseUrl).port));
    await putDatabaseUrl(through(gate, database.databaseUrl));
    start({ MAX_RECEIVE_COUNT: "3", VISIBILITY_TIMEOUT_SECONDS: "60" });
    await eventually("it has started", () => said(/^worker started/).length === 1, 40_000);
    gate.shut();
    await send(keys.slice(0, 3));
    await eventually("the outage has begun", () => said(/out of reach/).length === 1, 40_000);
    worker.signal("SIGTERM");
    expect(await worker.exit).to.equal(0);
    await gate.stop();
    expect(worker.lines.at(-1)).to.include({ released: 3, deadLettered: 0, unsettled: 0 });
  });

  it("waits out a network that swallows what is sent to the database", async () => {
    const gate = await TcpGate.before(Number(new URL(database.databaseUrl).port));
    await putDatabaseUrl(through(gate, database.databaseUrl));
    start({ JOB_TIMEOUT_SECONDS: "12" });
    await send(keys.slice(0, 2));
    await firstAreSettled(2);
    gate.swallow();
    await send(keys.slice(2));
    await eventually("the outage has begun", () => said(/out of reach/).length === 1, 40_000);
    await delay(3000);
    gate.open();
    await expectAllWell("the index's database");
    await gate.stop();
  });

  it("is stopped within its grace while the database answers nothing", async () => {
    const gate = await TcpGate.before(Number(new URL(database.databaseUrl).port));
    await putDatabaseUrl(through(gate, database.databaseUrl));
    start({ SHUTDOWN_GRACE_SECONDS: "4", JOB_TIMEOUT_SECONDS: "600" });
    await send(keys.slice(0, 1));
    await eventually("the first is indexed", () => said(/^object indexed/).length === 1, 40_000);
    gate.swallow();
    await send(keys.slice(1, 2));
    await eventually("it asks in vain", () => gate.swallowed > 0);
    const told = performance.now();
    worker.signal("SIGTERM");
    await worker.exit;
    // The query alone would hold it for 150 seconds.
    expect(performance.now() - told).to.be.below(30_000);
    expect(worker.lines.at(-1)?.msg).to.match(/^stopped.*1 done/);
    await gate.stop();
  });

  it("waits for S3 as well", async () => {
    await putDatabaseUrl(database.databaseUrl);
    const { endpoint } = queues.account.clientConfig();
    const gate = await TcpGate.before(Number(new URL(endpoint).port));
    start({}, { AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${gate.port}` });
    await send(keys.slice(0, 2));
    await firstAreSettled(2);
    gate.shut();
    await send(keys.slice(2));
    await eventually("the outage has begun", () => said(/out of reach/).length === 1, 40_000);
    await delay(3000);
    expect(await queues.count()).to.equal(fileCount - 2);
    gate.open();
    await expectAllWell("S3");
    await gate.stop();
  });

  it("waits for the database when it starts, takes nothing meanwhile, and can be stopped", async () => {
    const gate = await TcpGate.before(Number(new URL(database.databaseUrl).port));
    gate.shut();
    await putDatabaseUrl(through(gate, database.databaseUrl));
    await send(keys);
    start();
    await eventually("it says that it waits", () => said(/starts as soon as/).length === 1, 40_000);
    worker.signal("SIGTERM");
    expect(await worker.exit).to.equal(0);
    expect(worker.lines.at(-1)).to.include({ done: 0, released: 0 });

    start();
    await eventually("it says that it waits", () => said(/starts as soon as/).length === 1, 40_000);
    gate.open();
    await expectAllWell("the index's database");
    await gate.stop();
  });
});

function through(gate: TcpGate, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.port = String(gate.port);
  return url.href;
}
