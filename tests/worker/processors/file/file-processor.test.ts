import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect } from "chai";
import { PermanentError, UnavailableError } from "../../../../worker/job/errors";
import { defaultLimits, Extractor } from "../../../../worker/extract";
import { type IndexStore, openIndexStore } from "../../../../worker/index-store";
import type { WorkMessage } from "../../../../worker/job/message";
import type { Log } from "../../../../worker/job/log";
import type { FileCounts, JobContext } from "../../../../worker/job/processor";
import { createFileProcessor } from "../../../../worker/processors/file";
import { embeddedCloud } from "../../../support/cloud";
import { freshDatabase } from "../../../support/fresh-database";

interface EventFields {
  eventName?: string;
  sequencer?: string;
  versionId?: string;
  size?: number;
}

let serial = 0;

const record = (key: string, fields: EventFields = {}) => ({
  eventVersion: "2.1",
  eventSource: "aws:s3",
  awsRegion: "ap-northeast-1",
  eventTime: "2026-04-01T00:00:00.000Z",
  eventName: fields.eventName ?? "ObjectCreated:Put",
  s3: {
    s3SchemaVersion: "1.0",
    bucket: { name: "uploads", arn: "arn:aws:s3:::uploads" },
    object: {
      key: encodeURIComponent(key).replaceAll("%20", "+"),
      size: fields.size ?? 10,
      eTag: "0".repeat(32),
      sequencer: fields.sequencer ?? (++serial).toString(16).padStart(16, "0").toUpperCase(),
      ...(fields.versionId === undefined ? {} : { versionId: fields.versionId }),
    },
  },
});

const message = (...records: ReturnType<typeof record>[]): WorkMessage => ({
  id: `m-${++serial}`,
  body: JSON.stringify({ Records: records }),
  receiveCount: 1,
  sentAt: undefined,
  groupId: undefined,
  attributes: {},
});

describe("the file processor", () => {
  let s3: S3Client;
  let store: IndexStore;
  let extractor: Extractor;
  let outcomes: unknown[];
  let files: FileCounts[];

  const log: Log = {
    debug: () => undefined,
    info: (fields) => outcomes.push("outcome" in fields ? fields.outcome : undefined),
    warn: () => undefined,
    error: () => undefined,
    child: () => log,
  };
  const context = (signal = new AbortController().signal): JobContext => ({
    signal,
    attempt: 1,
    maxAttempts: 3,
    log,
    reportFiles: (count) => files.push(count),
  });
  const processor = (maxObjectBytes = 100_000) =>
    createFileProcessor({ s3, store, extractor, limits: { maxObjectBytes } });
  const put = async (key: string, body: string) => {
    const { VersionId } = await s3.send(
      new PutObjectCommand({
        Bucket: "uploads",
        Key: key,
        Body: Buffer.from(body),
        ContentType: "text/plain",
      }),
    );
    return VersionId;
  };
  const failureOf = (work: Promise<void>) =>
    work.then(() => undefined).catch((error: unknown) => error);
  const keysFor = async (query: string) => (await store.search(query)).map(({ key }) => key);

  before(async () => {
    const cloud = await embeddedCloud();
    s3 = new S3Client({ ...cloud.account().clientConfig(), forcePathStyle: true });
    await s3.send(
      new CreateBucketCommand({
        Bucket: "uploads",
        CreateBucketConfiguration: { LocationConstraint: "ap-northeast-1" },
      }),
    );
    await s3.send(
      new PutBucketVersioningCommand({
        Bucket: "uploads",
        VersioningConfiguration: { Status: "Enabled" },
      }),
    );
    store = await openIndexStore(await freshDatabase(), {
      maxConnections: 3,
      onConnectionLost: (error) => expect.fail(error.message),
    });
    extractor = new Extractor({ limits: defaultLimits, threads: 1 });
  });
  const { TMPDIR } = process.env;
  afterEach(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  beforeEach(() => {
    outcomes = [];
    files = [];
  });
  after(async () => {
    await extractor.close();
    await store.close();
    s3.destroy();
  });

  it("indexes an object whose key has spaces, Japanese and a plus sign", async () => {
    const key = "契約書/2026 年度/見積+請求 100%.txt";
    await put(key, "鰯の缶詰の納品について");
    await processor()(message(record(key)), context());
    expect(await keysFor("鰯の缶詰")).to.deep.equal([key]);
    expect(files).to.deep.equal([{ processed: 1, skipped: 0, doubtful: 0 }]);
  });

  it("does the same event only once, also when it comes in another message", async () => {
    await put("once.txt", "once only");
    const event = record("once.txt", { sequencer: "0A" });
    await processor()(message(event), context());
    await processor()(message(event), context());
    expect(outcomes).to.deep.equal(["applied", "repeated"]);
  });

  it("reads the version that the event is about, and does not overwrite a newer one", async () => {
    const first = await put("versions.txt", "giraffe");
    const second = await put("versions.txt", "elephant");
    await processor()(
      message(record("versions.txt", { versionId: second, sequencer: "0B" })),
      context(),
    );
    await processor()(
      message(record("versions.txt", { versionId: first, sequencer: "0A" })),
      context(),
    );
    expect(outcomes).to.deep.equal(["applied", "superseded"]);
    expect([await keysFor("elephant"), await keysFor("giraffe")]).to.deep.equal([
      ["versions.txt"],
      [],
    ]);
  });

  it("takes a removed object out of the index", async () => {
    await put("removed.txt", "hippopotamus");
    await processor()(message(record("removed.txt")), context());
    const removal = record("removed.txt", { eventName: "ObjectRemoved:Delete" });
    await processor()(message(removal), context());
    expect(await keysFor("hippopotamus")).to.deep.equal([]);
  });

  it("gives up an object that is gone, a version that never was, and one over the limit", async () => {
    await put("gone.txt", "soon gone");
    await s3.send(new DeleteObjectCommand({ Bucket: "uploads", Key: "gone.txt" }));
    await put("large.txt", "x".repeat(2000));
    const gone = await failureOf(processor()(message(record("gone.txt")), context()));
    const version = record("large.txt", { versionId: "00000000-0000-4000-8000-000000000000" });
    const unknown = await failureOf(processor()(message(version), context()));
    const declared = record("large.txt", { size: 2000 });
    const large = await failureOf(processor(1000)(message(declared), context()));
    // The event may say less than there is.
    const understated = await failureOf(processor(1000)(message(record("large.txt")), context()));
    for (const failure of [gone, unknown, large, understated]) {
      expect(failure).to.be.instanceOf(PermanentError);
    }
    expect(String(gone)).to.include("s3://uploads/gone.txt: the object is gone");
    expect(String(unknown)).to.match(/version is gone or was never there|delete marker/);
    expect(String(large)).to.include("the object is over the limit: at least 2000 bytes");
    expect(String(understated)).to.include("the object is over the limit");
  });

  it("indexes the good ones of a message with a bad one among them", async () => {
    await put("good 1.txt", "okapi one");
    await put("bad.pdf", "no pdf");
    await put("good 2.txt", "okapi two");
    const records = ["good 1.txt", "bad.pdf", "good 2.txt"].map((key) => record(key));
    const failure = await failureOf(processor()(message(...records), context()));
    expect(failure).to.be.instanceOf(PermanentError);
    expect(String(failure)).to.include("s3://uploads/bad.pdf: the file is named .pdf");
    expect(await keysFor("okapi")).to.have.members(["good 1.txt", "good 2.txt"]);
    expect(files).to.deep.equal([{ processed: 2, skipped: 0, doubtful: 0 }]);
  });

  it("skips what tools and operating systems leave behind, without fetching it", async () => {
    const keys = [
      ...[
        "folder/",
        "logs_$folder$",
        "out/_SUCCESS",
        "a/.DS_Store",
        "a/Thumbs.db",
        "a/desktop.ini",
      ],
      ...["a/~$契約書.docx", "a/.~lock.b.odt#", "a/._報告.pdf", "__MACOSX/a.txt"],
    ];
    // None of them is in the bucket.
    await processor()(message(...keys.map((key) => record(key))), context());
    expect(files).to.deep.equal([{ processed: 0, skipped: keys.length, doubtful: 0 }]);
  });

  it("skips an empty file, and takes the text that it had out of the index", async () => {
    await put("emptied.txt", "quokka");
    await processor()(message(record("emptied.txt")), context());
    expect(await keysFor("quokka")).to.deep.equal(["emptied.txt"]);
    await put("emptied.txt", "");
    await processor()(message(record("emptied.txt")), context());
    expect(await keysFor("quokka")).to.deep.equal([]);
    expect(files.at(-1)).to.deep.equal({ processed: 0, skipped: 1, doubtful: 0 });
  });

  it("counts a text that is doubtful", async () => {
    await put("blank.txt", " \n ");
    await processor()(message(record("blank.txt")), context());
    expect(files).to.deep.equal([{ processed: 1, skipped: 0, doubtful: 1 }]);
  });

  describe("when a version is removed", () => {
    const remove = (key: string, VersionId?: string) =>
      s3.send(new DeleteObjectCommand({ Bucket: "uploads", Key: key, VersionId }));
    const removed = (
      key: string,
      versionId: string | undefined,
      eventName = "ObjectRemoved:Delete",
    ) => record(key, { eventName, versionId });
    const run = (...records: ReturnType<typeof record>[]) =>
      processor()(message(...records), context());

    it("indexes the version before it, if it was the newest", async () => {
      const first = await put("newest.txt", "wombat");
      const second = await put("newest.txt", "numbat");
      await run(record("newest.txt", { versionId: first }));
      await run(record("newest.txt", { versionId: second }));
      await remove("newest.txt", second);
      await run(removed("newest.txt", second));
      expect(await keysFor("wombat")).to.deep.equal(["newest.txt"]);
      expect(await keysFor("numbat")).to.deep.equal([]);
    });

    it("indexes the object again, if it was the delete marker", async () => {
      const version = await put("undeleted.txt", "bandicoot");
      const created = record("undeleted.txt", { versionId: version });
      const { VersionId: marker } = await remove("undeleted.txt");
      const hidden = removed("undeleted.txt", marker, "ObjectRemoved:DeleteMarkerCreated");
      await run(created);
      await run(hidden);
      expect(await keysFor("bandicoot")).to.deep.equal([]);
      await remove("undeleted.txt", marker);
      await run(removed("undeleted.txt", marker));
      expect(await keysFor("bandicoot")).to.deep.equal(["undeleted.txt"]);
    });

    it("changes nothing, if it was an older one; and an event that comes late does not either", async () => {
      const first = await put("older.txt", "dugong");
      const second = await put("older.txt", "manatee");
      const { VersionId: marker } = await remove("older.txt");
      const hidden = removed("older.txt", marker, "ObjectRemoved:DeleteMarkerCreated");
      await remove("older.txt", marker);
      await remove("older.txt", first);
      await run(record("older.txt", { versionId: second }));
      await run(removed("older.txt", marker));
      // The event of the marker's creation is older than the one of its removal.
      await run(hidden);
      await run(removed("older.txt", first));
      expect(await keysFor("manatee")).to.deep.equal(["older.txt"]);
    });

    it("takes the document out, if none is left", async () => {
      const only = await put("last.txt", "thylacine");
      await run(record("last.txt", { versionId: only }));
      await remove("last.txt", only);
      await run(removed("last.txt", only));
      expect(await keysFor("thylacine")).to.deep.equal([]);
    });
  });

  it("says that S3 is unreachable, which is not the message's fault", async () => {
    const unreachable = new S3Client({
      region: "ap-northeast-1",
      endpoint: "http://127.0.0.1:9",
      credentials: { accessKeyId: "1", secretAccessKey: "1" },
      maxAttempts: 1,
    });
    const process = createFileProcessor({
      s3: unreachable,
      store,
      extractor,
      limits: defaultLimits,
    });
    const failure = await failureOf(process(message(record("any.txt")), context()));
    unreachable.destroy();
    expect(failure).to.be.instanceOf(UnavailableError);
    expect(String(failure)).to.match(/S3 cannot be used: .*ECONNREFUSED/);
  });

  it("writes nothing once the job is aborted, and leaves no file behind", async () => {
    await put("aborted.txt", "rhinoceros");
    const folder = await mkdtemp(join(tmpdir(), "queuefleet-test-"));
    process.env.TMPDIR = folder;
    const job = new AbortController();
    const work = failureOf(processor()(message(record("aborted.txt")), context(job.signal)));
    const reason = new Error("time is over");
    job.abort(reason);
    expect(await work).to.equal(reason);
    expect(await keysFor("rhinoceros")).to.deep.equal([]);
    expect(await readdir(folder)).to.deep.equal([]);
    await rm(folder, { recursive: true });
  });

  it("understands S3's test event and does nothing", async () => {
    const body = JSON.stringify({
      Service: "Amazon S3",
      Event: "s3:TestEvent",
      Time: "2026-04-01T00:00:00.000Z",
      Bucket: "uploads",
      RequestId: "R",
      HostId: "H",
    });
    await processor()({ ...message(), body }, context());
    expect(files).to.deep.equal([{ processed: 0, skipped: 0, doubtful: 0 }]);
  });
});
