import { randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { deadLetterAttributes as names } from "../../../contracts/messages";
import { PermanentError } from "../../../worker/job/errors";
import { eventually } from "../../support/eventually";
import { Harness } from "./harness";

describe("settlement of messages", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.create();
  });
  afterEach(() => harness.dispose());

  it("deletes what is done and works on each message once", async () => {
    const bodies = Array.from({ length: 25 }, (_, index) => `job ${index}`);
    for (const body of bodies) await harness.queues.send(body);
    const consumer = harness.start(() => undefined);
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    const summary = await consumer.stop(5);
    expect(summary).to.deep.equal({
      done: 25,
      deadLettered: 0,
      released: 0,
      leaseLost: 0,
      undeleted: 0,
      unsettled: 0,
    });
    expect(harness.runs.map(({ body }) => body)).to.have.members(bodies);
  });

  it("dead-letters a permanent error at once, with body, attributes and reason", async () => {
    await harness.queues.send("bad", {
      attributes: {
        tenant: { DataType: "String", StringValue: "七" },
        blob: { DataType: "Binary", BinaryValue: Buffer.from([0, 1, 255]) },
      },
    });
    const consumer = harness.start(() => {
      throw new PermanentError("the file is broken");
    });
    const [letter] = await harness.queues.deadLetters(1);
    expect(letter?.Body).to.equal("bad");
    const attributes = letter?.MessageAttributes ?? {};
    expect(attributes.tenant?.StringValue).to.equal("七");
    expect([...(attributes.blob?.BinaryValue ?? [])]).to.deep.equal([0, 1, 255]);
    expect(attributes[names.reason]?.StringValue).to.equal("the file is broken");
    expect(attributes[names.source]?.StringValue).to.equal("jobs");
    expect(attributes[names.attempts]?.StringValue).to.equal("1");
    expect(await consumer.stop(5)).to.include({ deadLettered: 1, done: 0, unsettled: 0 });
    expect(await harness.queues.isEmpty()).to.equal(true);
    expect(harness.runs).to.have.length(1);
  });

  it("tries a poison body as often as allowed, however it fails, and no more", async () => {
    await harness.queues.send("poison");

    const consumer = harness.start(() => rejectWith(undefined));
    const [letter] = await harness.queues.deadLetters(1);
    const reason = letter?.MessageAttributes?.[names.reason]?.StringValue;
    expect(reason).to.match(/^failed 3 times.*a value that is not an Error was thrown: undefined/);
    expect(letter?.MessageAttributes?.[names.attempts]?.StringValue).to.equal("3");
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    await consumer.stop(5);
    expect(harness.runs.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3]);
  });

  it("keeps all of ten attributes: those for which there is no room beside ours are packed", async () => {
    const attributes = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [
        `a${index}`,
        { DataType: "String", StringValue: `value ${index}` },
      ]),
    );
    await harness.queues.send("ten", { attributes });
    harness.start(() => {
      throw new PermanentError("no");
    });
    const [letter] = await harness.queues.deadLetters(1);
    const found = letter?.MessageAttributes ?? {};
    expect(Object.keys(found)).to.have.length(10);
    const packed = JSON.parse(found[names.packed]?.StringValue ?? "{}") as Record<
      string,
      { value: string }
    >;
    for (const [name, { StringValue }] of Object.entries(attributes)) {
      expect(found[name]?.StringValue ?? packed[name]?.value).to.equal(StringValue);
    }
  });

  it("compresses a body that leaves no room for the reason", async () => {
    const body = "x".repeat(1_048_576);
    await harness.queues.send(body);
    harness.start(() => {
      throw new PermanentError("too large for us");
    });
    const [letter] = await harness.queues.deadLetters(1);
    expect(letter?.MessageAttributes?.[names.bodyEncoding]?.StringValue).to.equal("gzip+base64");
    expect(gunzipSync(Buffer.from(letter?.Body ?? "", "base64")).toString()).to.equal(body);
    expect(letter?.MessageAttributes?.[names.reason]?.StringValue).to.equal("too large for us");
  });

  it("does not process again what failed finally while the dead-letter queue accepts nothing", async () => {
    await harness.queues.send("bad");
    harness.proxy.inject("SendMessage", 6, () =>
      Promise.resolve({ status: 500, body: { __type: "InternalError", message: "injected" } }),
    );
    const consumer = harness.startHeld(() => {
      throw new PermanentError("broken");
    });
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    const [letter] = await harness.queues.deadLetters(1);
    expect(letter?.Body).to.equal("bad");
    await harness.passFor(consumer.stop(5));
    expect(harness.runs).to.have.length(1);
    expect(harness.deadLetterFailures).to.equal(1);
  });

  it("sends a body as it came that leaves no room for the reason and cannot be compressed", async () => {
    const body = randomBytes(786_432).toString("base64");
    const attributes = { a: { DataType: "String", StringValue: "b" } };
    const room = Buffer.byteLength("a" + "String" + "b");
    await harness.queues.send(body.slice(room), { attributes });
    const consumer = harness.start(() => {
      throw new PermanentError("too large for us");
    });
    const [letter] = await harness.queues.deadLetters(1);
    expect(letter?.Body === body.slice(room)).to.equal(true);
    expect(letter?.MessageAttributes).to.have.all.keys("a");
    expect(harness.logged(/message dead-lettered/)[0]?.fields).to.include({
      reason: "too large for us",
    });
    expect(await consumer.stop(5)).to.include({ deadLettered: 1, unsettled: 0 });
  });

  for (const code of [
    "ThrottlingException",
    "RequestThrottled",
    "AWS.SimpleQueueService.OverLimit",
  ]) {
    it(`does not take "Rate exceeded" (${code}) for a message that is too large`, async () => {
      harness.proxy.inject("SendMessage", 2, () =>
        Promise.resolve({ status: 400, body: { __type: code, message: "Rate exceeded" } }),
      );
      const reason = "x".repeat(1500);
      // So large that a form with less beside the body would be another one.
      await harness.queues.send("y".repeat(500_000));
      harness.start(() => {
        throw new PermanentError(reason);
      });
      const [letter] = await harness.queues.deadLetters(1);
      expect(letter?.Body).to.equal("y".repeat(500_000));
      expect(letter?.MessageAttributes?.[names.reason]?.StringValue).to.equal(reason);
      expect(letter?.MessageAttributes).not.to.have.property(names.bodyEncoding);
    });
  }

  it("gives a message back whose release is answered only after it was received again", async () => {
    await harness.queues.send("job");
    let answerNow: () => void = () => undefined;
    const later = new Promise<void>((resolve) => (answerNow = resolve));
    harness.proxy.inject("ChangeMessageVisibilityBatch", 1, async (_call, forward) => {
      const answer = await forward();
      await later;
      return answer;
    });
    const consumer = harness.startHeld(() => {
      if (harness.runs.length === 1) throw new Error("once");
    });
    await eventually("it is received again", () => harness.received().length === 2);
    answerNow();
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    // Not hidden for the rest of a lease.
    expect(harness.clock.now()).to.be.below(10_000);
    const { result } = await harness.passFor(consumer.stop(5));
    expect(result).to.include({ done: 1, released: 1, unsettled: 0 });
  });

  it("works on other messages while one is slow", async () => {
    await harness.queues.send("slow");
    for (let index = 0; index < 20; index += 1) await harness.queues.send(`quick ${index}`);
    let release = () => undefined as void;
    const slow = new Promise<void>((resolve) => (release = resolve));
    harness.start((message) => (message.body === "slow" ? slow : undefined), { concurrency: 2 });
    await eventually("only the slow one is left", async () => (await harness.queues.count()) === 1);
    release();
    await eventually("the queue is empty", () => harness.queues.isEmpty());
  });
});

/** Rejects with whatever it is given, as other people's code may. */
function rejectWith(value: unknown): Promise<void> {
  return new Promise((_, reject) => {
    const settle: (reason: unknown) => void = reject;
    settle(value);
  });
}
