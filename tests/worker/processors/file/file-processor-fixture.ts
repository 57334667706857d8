import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { defaultLimits, Extractor } from "../../../../worker/extract";
import { type IndexStore, openIndexStore } from "../../../../worker/index-store";
import type { Log } from "../../../../worker/job/log";
import type { WorkMessage } from "../../../../worker/job/message";
import type { FileCounts, JobContext } from "../../../../worker/job/processor";
import { createFileProcessor } from "../../../../worker/processors/file";
import { embeddedCloud } from "../../../support/cloud";
import { freshDatabase } from "../../../support/fresh-database";

interface EventFields {
  eventName?: string;
  sequencer?: string;
  versionId?: string;
  size?: number;
  bucket?: string;
}

let serial = 0;

export const message = (...records: ReturnType<FileProcessorFixture["record"]>[]): WorkMessage => ({
  id: `m-${++serial}`,
  body: JSON.stringify({ Records: records }),
  receiveCount: 1,
  sentAt: undefined,
  groupId: undefined,
  attributes: {},
});

/** Waits for the error of work that must not succeed. */
export const failureOf = (work: Promise<void>) =>
  work.then(() => undefined).catch((error: unknown) => error);

/** The file processor with the embedded cloud, a database of its own, and what it reported and logged. */
export class FileProcessorFixture {
  readonly files: FileCounts[] = [];
  readonly logged: Record<string, unknown>[] = [];
  private readonly log: Log = {
    debug: () => undefined,
    info: (fields, text) => this.logged.push({ ...fields, text }),
    warn: () => undefined,
    error: () => undefined,
    child: () => this.log,
  };

  private constructor(
    private readonly bucket: string,
    readonly s3: S3Client,
    readonly store: IndexStore,
    readonly extractor: Extractor,
  ) {}

  /** With a bucket that keeps versions. Names of buckets are the world's. */
  static async open(bucket: string): Promise<FileProcessorFixture> {
    const cloud = await embeddedCloud();
    const s3 = new S3Client({ ...cloud.account().clientConfig(), forcePathStyle: true });
    const store = await openIndexStore(await freshDatabase(), {
      maxConnections: 3,
      onConnectionLost: (error) => expect.fail(error.message),
    });
    const fixture = new FileProcessorFixture(
      bucket,
      s3,
      store,
      new Extractor({ limits: defaultLimits, threads: 1 }),
    );
    await fixture.createBucket(bucket);
    await fixture.setVersioning(bucket, "Enabled");
    return fixture;
  }

  async close(): Promise<void> {
    await this.extractor.close();
    await this.store.close();
    this.s3.destroy();
  }

  forget(): void {
    this.files.length = 0;
    this.logged.length = 0;
  }

  get outcomes(): unknown[] {
    return this.logged.map(({ outcome }) => outcome);
  }

  async createBucket(Bucket: string): Promise<void> {
    const CreateBucketConfiguration = { LocationConstraint: "ap-northeast-1" } as const;
    await this.s3.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  }

  async setVersioning(Bucket: string, Status: "Enabled" | "Suspended"): Promise<void> {
    const VersioningConfiguration = { Status };
    await this.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  }

  async put(Key: string, body: string, Bucket = this.bucket): Promise<string | undefined> {
    const ContentType = "text/plain";
    const object = { Bucket, Key, Body: Buffer.from(body), ContentType };
    return (await this.s3.send(new PutObjectCommand(object))).VersionId;
  }

  remove(Key: string, VersionId?: string, Bucket = this.bucket) {
    return this.s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }

  context(signal = new AbortController().signal): JobContext {
    return {
      signal,
      attempt: 1,
      maxAttempts: 3,
      log: this.log,
      reportFiles: (count) => this.files.push(count),
    };
  }

  processor({
    maxObjectBytes = 100_000,
    s3 = this.s3,
  }: { maxObjectBytes?: number; s3?: Pick<S3Client, "send"> } = {}) {
    const { store, extractor } = this;
    return createFileProcessor({ s3, store, extractor, limits: { maxObjectBytes } });
  }

  run(...records: ReturnType<FileProcessorFixture["record"]>[]): Promise<void> {
    return this.processor()(message(...records), this.context());
  }

  record(key: string, fields: EventFields = {}) {
    return {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      awsRegion: "ap-northeast-1",
      eventTime: "2026-04-01T00:00:00.000Z",
      eventName: fields.eventName ?? "ObjectCreated:Put",
      s3: {
        s3SchemaVersion: "1.0",
        bucket: { name: fields.bucket ?? this.bucket },
        object: {
          key: encodeURIComponent(key).replaceAll("%20", "+"),
          size: fields.size ?? 10,
          eTag: "0".repeat(32),
          sequencer: fields.sequencer ?? (++serial).toString(16).padStart(16, "0").toUpperCase(),
          ...(fields.versionId === undefined ? {} : { versionId: fields.versionId }),
        },
      },
    };
  }

  async keysFor(query: string): Promise<string[]> {
    return (await this.store.search(query)).map(({ key }) => key);
  }
}
