import { DeleteBucketCommand, GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { expect } from "chai";
import { PermanentError } from "../../../../worker/job/errors";
import { failureOf, FileProcessorFixture, message } from "./file-processor-fixture";

describe("the file processor, for an object that is not as its event says", () => {
  let fixture: FileProcessorFixture;

  before(async () => {
    fixture = await FileProcessorFixture.open("changing-uploads");
  });
  beforeEach(() => fixture.forget());
  after(() => fixture.close());

  const removed = (
    key: string,
    versionId: string | undefined,
    eventName = "ObjectRemoved:Delete",
  ) => fixture.record(key, { eventName, versionId });
  const isSkippedAsGone = () => {
    expect(fixture.files).to.deep.equal([{ processed: 0, skipped: 1, doubtful: 0 }]);
    expect(fixture.logged.at(-1)).to.include({ text: "object skipped", why: "gone" });
  };

  describe("when the object is gone before its turn", () => {
    for (const key of [
      "gone.txt",
      "契約書/2026 年度/見積+請求 100%.txt",
      "a//b/../c/./😀 &=?#%2B.txt",
      "/first",
    ]) {
      it(`skips it, and takes its document out: ${key}`, async () => {
        const version = await fixture.put(key, "pangolin");
        await fixture.run(fixture.record(key, { versionId: version }));
        expect(await fixture.keysFor("pangolin")).to.deep.equal([key]);
        const second = await fixture.put(key, "pangolin again");
        await fixture.remove(key, second);
        await fixture.remove(key, version);
        fixture.forget();
        await fixture.run(fixture.record(key, { versionId: second }));
        isSkippedAsGone();
        expect(await fixture.keysFor("pangolin")).to.deep.equal([]);
      });
    }

    it("skips it where a delete marker hides it, and where the event has no version", async () => {
      const version = await fixture.put("marked.txt", "aardvark");
      await fixture.run(fixture.record("marked.txt", { versionId: version }));
      await fixture.remove("marked.txt");
      fixture.forget();
      await fixture.run(fixture.record("marked.txt"));
      isSkippedAsGone();
      expect(await fixture.keysFor("aardvark")).to.deep.equal([]);
    });

    it("skips it in a bucket without versions", async () => {
      await fixture.createBucket("plain");
      await fixture.put("a.txt", "okapi", "plain");
      await fixture.run(fixture.record("a.txt", { bucket: "plain" }));
      await fixture.remove("a.txt", undefined, "plain");
      fixture.forget();
      await fixture.run(fixture.record("a.txt", { bucket: "plain" }));
      isSkippedAsGone();
      expect(await fixture.keysFor("okapi")).to.deep.equal([]);
    });

    it("keeps the version that S3 serves, if only the event's was removed", async () => {
      const first = await fixture.put("followed.txt", "tapir");
      const second = await fixture.put("followed.txt", "not this");
      await fixture.remove("followed.txt", second);
      await fixture.run(fixture.record("followed.txt", { versionId: first }));
      fixture.forget();
      await fixture.run(fixture.record("followed.txt", { versionId: second }));
      isSkippedAsGone();
      expect(await fixture.keysFor("tapir")).to.deep.equal(["followed.txt"]);
    });

    it("indexes the version that S3 serves, if the index does not have it", async () => {
      await fixture.put("served.txt", "capybara");
      const second = await fixture.put("served.txt", "not this");
      await fixture.remove("served.txt", second);
      await fixture.run(fixture.record("served.txt", { versionId: second }));
      expect(fixture.files).to.deep.equal([{ processed: 1, skipped: 0, doubtful: 0 }]);
      expect(await fixture.keysFor("capybara")).to.deep.equal(["served.txt"]);
    });

    it("does not believe the version of a suspended bucket, which is overwritten in place", async () => {
      await fixture.createBucket("suspended");
      await fixture.setVersioning("suspended", "Enabled");
      const kept = await fixture.put("a.txt", "first", "suspended");
      await fixture.setVersioning("suspended", "Suspended");
      const bucket = "suspended";
      await fixture.put("a.txt", "lemur", bucket);
      await fixture.run(fixture.record("a.txt", { bucket, versionId: "null" }));
      const overwritten = fixture.record("a.txt", { bucket, versionId: "null" });
      await fixture.put("a.txt", "tarsier", bucket);
      await fixture.remove("a.txt", kept, bucket);
      // The event of the removal overtakes the one of the new content.
      await fixture.run(fixture.record("a.txt", { bucket, versionId: kept }));
      await fixture.run(overwritten);
      expect(await fixture.keysFor("tarsier")).to.deep.equal(["a.txt"]);
      await fixture.remove("a.txt", undefined, bucket);
      fixture.forget();
      await fixture.run(fixture.record("a.txt", { bucket, versionId: "null" }));
      isSkippedAsGone();
      expect(await fixture.keysFor("tarsier")).to.deep.equal([]);
    });

    it("skips it if it is deleted during the download, which then breaks off", async () => {
      const version = await fixture.put("race.txt", "x".repeat(50_000));
      const send = async (command: GetObjectCommand, options: object) => {
        const answer = await fixture.s3.send(command, options);
        if (!(command instanceof GetObjectCommand)) return answer;
        await fixture.remove("race.txt", version);
        const body = answer.Body as NodeJS.ReadableStream & { destroy(error: Error): void };
        body.destroy(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
        return answer;
      };
      const process = fixture.processor({ s3: { send } as unknown as Pick<S3Client, "send"> });
      const event = message(fixture.record("race.txt", { versionId: version }));
      const failure = await failureOf(process(event, fixture.context()));
      expect(failure).to.be.instanceOf(Error).and.not.instanceOf(PermanentError);
      fixture.forget();
      await process(event, fixture.context());
      isSkippedAsGone();
    });

    it("follows an object that is replaced between the question what S3 serves and its download", async () => {
      const first = await fixture.put("moving.txt", "axolotl");
      const second = await fixture.put("moving.txt", "not this");
      const third = await fixture.put("moving.txt", "nor this");
      await fixture.remove("moving.txt", third);
      let heads = 0;
      const send = async (command: GetObjectCommand, options: object) => {
        const answer = await fixture.s3.send(command, options);
        if (command.constructor.name === "HeadObjectCommand" && ++heads === 1) {
          await fixture.remove("moving.txt", second);
        }
        return answer;
      };
      const process = fixture.processor({ s3: { send } as unknown as Pick<S3Client, "send"> });
      await process(message(fixture.record("moving.txt", { versionId: third })), fixture.context());
      expect(await fixture.keysFor("axolotl")).to.deep.equal(["moving.txt"]);
      expect(heads).to.equal(2);
      expect(first).not.to.equal(undefined);
    });
  });

  it("gives up an object whose bucket is gone, and leaves its document alone", async () => {
    await fixture.createBucket("doomed");
    const bucket = "doomed";
    await fixture.put("a.txt", "dodo", bucket);
    await fixture.run(fixture.record("a.txt", { bucket }));
    await fixture.remove("a.txt", undefined, bucket);
    await fixture.s3.send(new DeleteBucketCommand({ Bucket: bucket }));
    for (const event of [
      fixture.record("a.txt", { bucket }),
      fixture.record("a.txt", { bucket, versionId: "1", eventName: "ObjectRemoved:Delete" }),
    ]) {
      const failure = await failureOf(fixture.run(event));
      expect(failure).to.be.instanceOf(PermanentError);
      expect(String(failure)).to.include("the bucket is gone");
    }
    expect(await fixture.keysFor("dodo")).to.deep.equal(["a.txt"]);
  });

  it("does not take an object that it may not read for gone", async () => {
    const denied = Object.assign(new Error("Access Denied"), { name: "AccessDenied" });
    const s3 = { send: () => Promise.reject(denied) } as unknown as Pick<S3Client, "send">;
    const work = fixture.processor({ s3 })(
      message(fixture.record("secret.txt")),
      fixture.context(),
    );
    const failure = await failureOf(work);
    expect(failure).to.be.instanceOf(Error).and.not.instanceOf(PermanentError);
    expect(String(failure)).to.include("Access Denied");
    expect(fixture.files).to.deep.equal([{ processed: 0, skipped: 0, doubtful: 0 }]);
  });

  describe("when a version is removed", () => {
    it("indexes the version before it, if it was the newest", async () => {
      const first = await fixture.put("newest.txt", "wombat");
      const second = await fixture.put("newest.txt", "numbat");
      await fixture.run(fixture.record("newest.txt", { versionId: first }));
      await fixture.run(fixture.record("newest.txt", { versionId: second }));
      await fixture.remove("newest.txt", second);
      await fixture.run(removed("newest.txt", second));
      expect(await fixture.keysFor("wombat")).to.deep.equal(["newest.txt"]);
      expect(await fixture.keysFor("numbat")).to.deep.equal([]);
    });

    it("indexes the object again, if it was the delete marker", async () => {
      const version = await fixture.put("undeleted.txt", "bandicoot");
      const created = fixture.record("undeleted.txt", { versionId: version });
      const { VersionId: marker } = await fixture.remove("undeleted.txt");
      const hidden = removed("undeleted.txt", marker, "ObjectRemoved:DeleteMarkerCreated");
      await fixture.run(created);
      await fixture.run(hidden);
      expect(await fixture.keysFor("bandicoot")).to.deep.equal([]);
      await fixture.remove("undeleted.txt", marker);
      await fixture.run(removed("undeleted.txt", marker));
      expect(await fixture.keysFor("bandicoot")).to.deep.equal(["undeleted.txt"]);
    });

    it("changes nothing, if it was an older one; and an event that comes late does not either", async () => {
      const first = await fixture.put("older.txt", "dugong");
      const second = await fixture.put("older.txt", "manatee");
      const { VersionId: marker } = await fixture.remove("older.txt");
      const hidden = removed("older.txt", marker, "ObjectRemoved:DeleteMarkerCreated");
      await fixture.remove("older.txt", marker);
      await fixture.remove("older.txt", first);
      await fixture.run(fixture.record("older.txt", { versionId: second }));
      await fixture.run(removed("older.txt", marker));
      // The event of the marker's creation is older than the one of its removal.
      await fixture.run(hidden);
      await fixture.run(removed("older.txt", first));
      expect(await fixture.keysFor("manatee")).to.deep.equal(["older.txt"]);
    });

    it("takes the document out, if none is left", async () => {
      const only = await fixture.put("last.txt", "thylacine");
      await fixture.run(fixture.record("last.txt", { versionId: only }));
      await fixture.remove("last.txt", only);
      await fixture.run(removed("last.txt", only));
      expect(await fixture.keysFor("thylacine")).to.deep.equal([]);
    });
  });
});
