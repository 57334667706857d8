import { expect } from "chai";
import { PermanentError } from "../../../worker/job/errors";
import { isS3Message, parseS3Message } from "../../../worker/processors/s3-event";

const record = (changes: { key?: string; eventName?: string; eventVersion?: string } = {}) => ({
  eventVersion: changes.eventVersion ?? "2.1",
  eventSource: "aws:s3",
  eventTime: "2026-11-21T01:02:03.004Z",
  eventName: changes.eventName ?? "ObjectCreated:Put",
  s3: {
    bucket: { name: "files" },
    object: { key: changes.key ?? "a.txt", size: 3, sequencer: "0A" },
  },
});
const body = (...records: object[]) => JSON.stringify({ Records: records });

describe("S3 events", () => {
  it("decodes keys as S3 encodes them", () => {
    const encoded = "docs/%E8%AD%B0%E4%BA%8B%E9%8C%B2+2026%2B1.pdf";
    const message = parseS3Message(body(record({ key: encoded })));
    expect(message.kind === "objects" && message.objects[0]?.key).to.equal(
      "docs/議事録 2026+1.pdf",
    );
  });

  it("reads every record of a message", () => {
    const message = parseS3Message(
      body(record({ key: "a" }), record({ key: "b", eventName: "ObjectRemoved:Delete" })),
    );
    expect(
      message.kind === "objects" && message.objects.map(({ key, action }) => [key, action]),
    ).to.deep.equal([
      ["a", "created"],
      ["b", "removed"],
    ]);
  });

  it("unwraps what came through a topic", () => {
    const wrapped = JSON.stringify({
      Type: "Notification",
      TopicArn: "arn:aws:sns:ap-northeast-1:123456789012:uploads",
      Message: body(record()),
    });
    expect(parseS3Message(wrapped)).to.have.nested.property("objects[0].bucket", "files");
    expect(isS3Message(wrapped)).to.equal(true);
  });

  it("knows S3's test event", () => {
    const test = { Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "files" };
    expect(parseS3Message(JSON.stringify(test))).to.deep.equal({ kind: "test", bucket: "files" });
  });

  const refused: [string, string, RegExp][] = [
    ["no JSON", "hello", /^the body is not JSON \(hello\)$/],
    ["an empty body", "", /^the body is not JSON \(it is empty\)$/],
    ["JSON that is no event", '{"a":1}', /not an S3 event: it has no Records/],
    ["null", "null", /not an S3 event/],
    ["no records", body(), /Records/],
    ["another major version", body(record({ eventVersion: "3.0" })), /eventVersion is "3.0"/],
    [
      "an event of another kind",
      body(record({ eventName: "ObjectRestore:Post" })),
      /ObjectRestore/,
    ],
    ["a key with a zero character", body(record({ key: "a%00b" })), /zero character/],
    ["a key that is not encoded", body(record({ key: "100%" })), /not URL-encoded/],
  ];
  for (const [what, text, reason] of refused) {
    it(`refuses ${what} finally and says why`, () => {
      expect(() => parseS3Message(text)).to.throw(PermanentError, reason);
    });
  }

  it("distinguishes other messages from S3's", () => {
    expect(isS3Message('{"job":1}')).to.equal(false);
    expect(isS3Message("plain text")).to.equal(false);
    expect(isS3Message(body(record({ eventVersion: "3.0" })))).to.equal(true);
  });
});
