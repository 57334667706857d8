import { expect } from "chai";
import { deadLetterAttributes as names, maxMessageBytes } from "../../../contracts/messages";
import { batchesOf } from "../../../ops/dlq/redrive/batches";
import { bytesOf, restored } from "../../../ops/dlq/restore";
import { deadLetterForms } from "../../../worker/consumer/dead-letter";
import type { WorkMessage } from "../../../worker/job/message";

const text = (StringValue: string) => ({ DataType: "String", StringValue });

/** What our worker makes of a message. */
async function deadLettered(message: Pick<WorkMessage, "body" | "attributes">) {
  const forms = deadLetterForms(
    {
      message: { id: "1", receiveCount: 3, sentAt: undefined, groupId: undefined, ...message },
      reason: "no such table",
      source: "jobs",
      attempts: 3,
    },
    "https://sqs.ap-northeast-1.amazonaws.com/123456789012/jobs-dlq",
  );
  for await (const { MessageBody = "", MessageAttributes = {} } of forms) {
    return { body: MessageBody, attributes: MessageAttributes };
  }
  throw new Error("no form fits");
}

describe("a dead letter", () => {
  it("becomes the message that it was, with all its attributes", async () => {
    const message = {
      body: "file 1",
      attributes: {
        ...Object.fromEntries(
          Array.from({ length: 8 }, (_, n) => [`text${n}`, text(`value ${n}`)]),
        ),
        count: { DataType: "Number.int", StringValue: "7" },
        blob: { DataType: "Binary.gif", BinaryValue: Buffer.from([0, 255, 10]) },
      },
    };
    const letter = await deadLettered(message);
    expect(letter.attributes).to.have.any.keys(names.packed);
    const { body, attributes } = restored(letter);
    expect(body).to.equal("file 1");
    expect(attributes).to.deep.equal(message.attributes);
  });

  it("gets its body back, which was compressed to make room", async () => {
    const body = "あ".repeat(Math.floor(maxMessageBytes / 3));
    const letter = await deadLettered({ body, attributes: {} });
    expect(letter.attributes).to.have.any.keys(names.bodyEncoding);
    expect(restored(letter)).to.deep.equal({ body, attributes: {} });
  });

  it("is left as it is if SQS moved it", () => {
    const letter = { body: "file 1", attributes: { trace: text("abc") } };
    expect(restored(letter)).to.deep.equal(letter);
  });

  it("is refused if what it was cannot be told", () => {
    const broken = (name: string, value: string) => () =>
      restored({ body: "file 1", attributes: { [name]: text(value) } });
    expect(broken(names.bodyEncoding, "zstd")).to.throw("only gzip+base64");
    expect(broken(names.bodyEncoding, "gzip+base64")).to.throw("cannot be decompressed");
    expect(broken(names.packed, "{")).to.throw(`its ${names.packed} cannot be read`);
  });
});

describe("batches of a redrive", () => {
  const sizes = (...bytes: number[]) =>
    batchesOf(bytes.map((size) => ({ bytes: size }))).map((batch) => batch.map((one) => one.bytes));

  it("have up to ten messages and 1 MiB", () => {
    expect(
      sizes(...Array.from({ length: 12 }, () => 1)).map((batch) => batch.length),
    ).to.deep.equal([10, 2]);
    expect(sizes(700_000, 348_576, 1, 1_048_576, 5)).to.deep.equal([
      [700_000, 348_576],
      [1],
      [1_048_576],
      [5],
    ]);
    expect(sizes()).to.deep.equal([]);
  });

  it("count names and types of attributes too", () => {
    expect(bytesOf({ body: "あ", attributes: { ab: text("cd") } })).to.equal(3 + 2 + 6 + 2);
  });
});
