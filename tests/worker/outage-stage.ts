import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { Client } from "pg";
import type { WorkerVariables } from "../../contracts/worker-environment";
import { eventually } from "../support/eventually";
import { QueuePair } from "../support/queue-pair";
import type { TcpGate } from "../support/tcp-gate";
import { uploadEvent } from "./upload-event";
import { type WorkerBundle, WorkerProcess, workerVariables } from "./worker-process";

const parameter = "/test/database-url";

/** A queue, a bucket with files, and a worker that indexes them. */
export class OutageStage {
  readonly keys = Array.from({ length: 12 }, (_, index) => `file ${index}.txt`);
  private worker: WorkerProcess | undefined;

  private constructor(
    readonly queues: QueuePair,
    private readonly bundle: WorkerBundle,
    private readonly databaseUrl: string,
    private readonly s3: S3Client,
  ) {}

  /** `databaseUrl` is the way of the test to the database; the worker's may be another. */
  static async create(bundle: WorkerBundle, databaseUrl: string): Promise<OutageStage> {
    const queues = await QueuePair.create();
    const s3 = new S3Client({ ...queues.account.clientConfig(), forcePathStyle: true });
    const stage = new OutageStage(queues, bundle, databaseUrl, s3);
    await s3.send(new CreateBucketCommand({ Bucket: stage.bucket }));
    for (const Key of stage.keys) {
      await s3.send(new PutObjectCommand({ Bucket: stage.bucket, Key, Body: Key }));
    }
    return stage;
  }

  get running(): WorkerProcess {
    if (this.worker === undefined) throw new Error("no worker was started");
    return this.worker;
  }

  /** Starts a worker whose way to the database is `url`. */
  async start(
    url: string,
    variables: Partial<WorkerVariables> = {},
    more: Record<string, string> = {},
  ): Promise<void> {
    const ssm = new SSMClient(this.queues.account.clientConfig());
    const value = { Value: url, Type: "SecureString", Overwrite: true } as const;
    await ssm.send(new PutParameterCommand({ Name: parameter, ...value }));
    ssm.destroy();
    const environment = workerVariables(this.queues, {
      PROCESSOR: "file",
      DATABASE_URL_PARAMETER: parameter,
      MAX_RECEIVE_COUNT: "2",
      WORKER_CONCURRENCY: "4",
      ...variables,
    });
    this.worker = new WorkerProcess(this.bundle.command, { ...environment, ...more });
  }

  /** Tells the worker to stop; answers with its exit code. */
  stop(): Promise<number | null> {
    this.running.signal("SIGTERM");
    return this.running.exit;
  }

  async dispose(): Promise<void> {
    await this.worker?.end();
    this.s3.destroy();
  }

  async send(keys: string[]): Promise<void> {
    for (const key of keys) await this.queues.send(uploadEvent(this.bucket, key));
  }

  async logs(text: RegExp): Promise<void> {
    await eventually(`the worker logs ${text}`, () => this.running.logged(text).length > 0);
  }

  /** Indexed, in the ledger of finished work, and deleted from the queue. */
  async areSettled(count: number): Promise<void> {
    const indexed = () => this.running.logged(/^object indexed/).length === count;
    await eventually(`${count} files are indexed`, indexed);
    await eventually("the queue is empty", () => this.queues.isEmpty());
  }

  async deadLetters(): Promise<number> {
    return this.queues.count(this.queues.deadLetterQueueUrl);
  }

  /** Nothing lost, nothing dead-lettered, nothing done twice, and one log line for the beginning and one
   *  for the end of the outage. */
  async expectAllIndexed(dependency: string): Promise<void> {
    await eventually("the queue is empty", () => this.queues.isEmpty());
    expect(await this.stop()).to.equal(0);
    expect(await this.deadLetters()).to.equal(0);
    expect(await this.indexedKeys()).to.have.members(this.keys);
    const indexed = this.running.logged(/^object indexed/).map(({ key }) => key);
    expect(indexed).to.have.members(this.keys);
    const errors = this.running.lines.filter(({ level }) => level === "error");
    expect(errors.map(({ dependency: named, msg }) => named ?? msg)).to.deep.equal([dependency]);
    expect(this.running.logged(/the outage is over after \d/)).to.have.length(1);
  }

  private get bucket(): string {
    return `files-${this.queues.account.accountId}`;
  }

  private async indexedKeys(): Promise<string[]> {
    const client = new Client({ connectionString: this.databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ key: string }>(
      "select key from documents where bucket = $1",
      [this.bucket],
    );
    await client.end();
    return rows.map(({ key }) => key);
  }
}

export function portOf(url: string): number {
  return Number(new URL(url).port);
}

/** The same database, through the gate. */
export function through(gate: TcpGate, databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.port = String(gate.port);
  return url.href;
}
