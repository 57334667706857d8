import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { PermanentError, UnavailableError } from "../../../../worker/job/errors";
import { failureOf, FileProcessorFixture, message } from "./file-processor-fixture";

describe("the file processor", () => {
  let fixture: FileProcessorFixture;

  before(async () => {
    fixture = await FileProcessorFixture.open("uploads");
  });
  const { TMPDIR } = process.env;
  afterEach(() => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });
  beforeEach(() => fixture.forget());
  after(() => fixture.close());

  it("indexes an object whose key has spaces, Japanese and a plus sign", async () => {
    const key = "契約書/2026 年度/見積+請求 100%.txt";
    await fixture.put(key, "鰯の缶詰の納品について");
    await fixture.processor()(message(fixture.record(key)), fixture.context());
    expect(await fixture.keysFor("鰯の缶詰")).to.deep.equal([key]);
    expect(fixture.files).to.deep.equal([{ processed: 1, skipped: 0, doubtful: 0 }]);
  });

  it("does the same event only once, also when it comes in another message", async () => {
    await fixture.put("once.txt", "once only");
    const event = fixture.record("once.txt", { sequencer: "0A" });
    await fixture.processor()(message(event), fixture.context());
    await fixture.processor()(message(event), fixture.context());
    expect(fixture.outcomes).to.deep.equal(["applied", "repeated"]);
  });

  it("reads the version that the event is about, and does not overwrite a newer one", async () => {
    const first = await fixture.put("versions.txt", "giraffe");
    const second = await fixture.put("versions.txt", "elephant");
    await fixture.processor()(
      message(fixture.record("versions.txt", { versionId: second, sequencer: "0B" })),
      fixture.context(),
    );
    await fixture.processor()(
      message(fixture.record("versions.txt", { versionId: first, sequencer: "0A" })),
      fixture.context(),
    );
    expect(fixture.outcomes).to.deep.equal(["applied", "superseded"]);
    expect([await fixture.keysFor("elephant"), await fixture.keysFor("giraffe")]).to.deep.equal([
      ["versions.txt"],
      [],
    ]);
  });

  it("takes a removed object out of the index", async () => {
    await fixture.put("removed.txt", "hippopotamus");
    await fixture.processor()(message(fixture.record("removed.txt")), fixture.context());
    const removal = fixture.record("removed.txt", { eventName: "ObjectRemoved:Delete" });
    await fixture.processor()(message(removal), fixture.context());
    expect(await fixture.keysFor("hippopotamus")).to.deep.equal([]);
  });

  it("gives up an object over the limit, whatever the event says", async () => {
    await fixture.put("large.txt", "x".repeat(2000));
    const process = fixture.processor({ maxObjectBytes: 1000 });
    for (const size of [2000, 10]) {
      const event = message(fixture.record("large.txt", { size }));
      const failure = await failureOf(process(event, fixture.context()));
      expect(failure).to.be.instanceOf(PermanentError);
      expect(String(failure)).to.include("the object is over the limit: at least 2000 bytes");
    }
  });

  it("indexes the good ones of a message with a bad one among them", async () => {
    await fixture.put("good 1.txt", "okapi one");
    await fixture.put("bad.pdf", "no pdf");
    await fixture.put("good 2.txt", "okapi two");
    const records = ["good 1.txt", "bad.pdf", "good 2.txt"].map((key) => fixture.record(key));
    const failure = await failureOf(fixture.processor()(message(...records), fixture.context()));
    expect(failure).to.be.instanceOf(PermanentError);
    expect(String(failure)).to.include("s3://uploads/bad.pdf: the file is named .pdf");
    expect(await fixture.keysFor("okapi")).to.have.members(["good 1.txt", "good 2.txt"]);
    expect(fixture.files).to.deep.equal([{ processed: 2, skipped: 0, doubtful: 0 }]);
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
    await fixture.processor()(
      message(...keys.map((key) => fixture.record(key))),
      fixture.context(),
    );
    expect(fixture.files).to.deep.equal([{ processed: 0, skipped: keys.length, doubtful: 0 }]);
  });

  it("skips an empty file, and takes the text that it had out of the index", async () => {
    await fixture.put("emptied.txt", "quokka");
    await fixture.processor()(message(fixture.record("emptied.txt")), fixture.context());
    expect(await fixture.keysFor("quokka")).to.deep.equal(["emptied.txt"]);
    await fixture.put("emptied.txt", "");
    await fixture.processor()(message(fixture.record("emptied.txt")), fixture.context());
    expect(await fixture.keysFor("quokka")).to.deep.equal([]);
    expect(fixture.files.at(-1)).to.deep.equal({ processed: 0, skipped: 1, doubtful: 0 });
  });

  it("counts a text that is doubtful", async () => {
    await fixture.put("blank.txt", " \n ");
    await fixture.processor()(message(fixture.record("blank.txt")), fixture.context());
    expect(fixture.files).to.deep.equal([{ processed: 1, skipped: 0, doubtful: 1 }]);
  });

  it("says that S3 is unreachable, which is not the message's fault", async () => {
    const unreachable = new S3Client({
      region: "ap-northeast-1",
      endpoint: "http://127.0.0.1:9",
      credentials: { accessKeyId: "1", secretAccessKey: "1" },
      maxAttempts: 1,
    });
    const process = fixture.processor({ s3: unreachable });
    const failure = await failureOf(process(message(fixture.record("any.txt")), fixture.context()));
    unreachable.destroy();
    expect(failure).to.be.instanceOf(UnavailableError);
    expect(String(failure)).to.match(/S3 cannot be used: .*ECONNREFUSED/);
  });

  it("writes nothing once the job is aborted, and leaves no file behind", async () => {
    await fixture.put("aborted.txt", "rhinoceros");
    const folder = await mkdtemp(join(tmpdir(), "queuefleet-test-"));
    process.env.TMPDIR = folder;
    const job = new AbortController();
    const work = failureOf(
      fixture.processor()(message(fixture.record("aborted.txt")), fixture.context(job.signal)),
    );
    const reason = new Error("time is over");
    job.abort(reason);
    expect(await work).to.equal(reason);
    expect(await fixture.keysFor("rhinoceros")).to.deep.equal([]);
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
    await fixture.processor()({ ...message(), body }, fixture.context());
    expect(fixture.files).to.deep.equal([{ processed: 0, skipped: 0, doubtful: 0 }]);
  });
});
