import { expect } from "chai";
import { timeOf } from "../../../ops/dlq/queues";
import { drop, refuseEntry, serverError } from "../../support/fault-proxy";
import { bodiesOf, RedriveStage } from "./redrive-stage";

const numbers = (count: number) =>
  Array.from({ length: count }, (_, number) => ({ body: `message ${number}` }));
const bodies = (count: number) => numbers(count).map(({ body }) => body);
const text = (StringValue: string) => ({ DataType: "String", StringValue });

describe("the time of a redrive's beginning", () => {
  const now = new Date();
  const second = (shift: number) => new Date(Math.floor(now.getTime() / 1000) * 1000 + shift);

  it("is this machine's, if that agrees with SQS's, which is told in whole seconds", () => {
    expect(timeOf(now.getTime(), second(0))).to.deep.equal(now);
    expect(timeOf(now.getTime(), undefined)).to.deep.equal(now);
  });

  it("is the end of SQS's second, if this machine's clock is wrong", () => {
    expect(timeOf(now.getTime(), second(90_000))).to.deep.equal(second(90_999));
    expect(timeOf(now.getTime(), second(-90_000))).to.deep.equal(second(-89_001));
  });
});

describe("a redrive of a standard queue", function () {
  this.timeout(60_000);
  let stage: RedriveStage;
  beforeEach(async () => (stage = await RedriveStage.create()));
  afterEach(() => stage.close());

  const expectMoved = async (count: number) => {
    expect(bodiesOf(await stage.take()).sort()).to.deep.equal(bodies(count).sort());
    expect(await stage.left()).to.equal(0);
  };

  it("moves every message once, as its producer sent it", async () => {
    await stage.dead(numbers(35));
    await stage.dead([
      {
        body: "message 35",
        group: "device-1",
        attributes: {
          trace: text("abc"),
          blob: { DataType: "Binary.gif", BinaryValue: Buffer.from([1, 0, 255]) },
          deadLetterReason: text("API answered 500"),
          deadLetterSource: text("jobs"),
          deadLetterAttempts: { DataType: "Number", StringValue: "3" },
        },
      },
    ]);
    const result = await stage.redrive();
    expect(result).to.include({ moved: 36, notMoved: 0, movedNotDeleted: 0, perhapsTwice: 0 });
    expect(result).to.include({ left: 0, cameLater: 0, heldElsewhere: 0 });
    expect(result).not.to.have.property("stopped");
    const moved = await stage.take();
    expect(bodiesOf(moved).sort()).to.deep.equal(bodies(36).sort());
    const last = moved.find(({ Body }) => Body === "message 35");
    expect(last?.Attributes?.MessageGroupId).to.equal("device-1");
    expect(Object.keys(last?.MessageAttributes ?? {}).sort()).to.deep.equal(["blob", "trace"]);
    expect(last?.MessageAttributes?.blob?.DataType).to.equal("Binary.gif");
    expect([...(last?.MessageAttributes?.blob?.BinaryValue ?? [])]).to.deep.equal([1, 0, 255]);
  });

  it("sends no more than ten messages and 1 MiB in one call", async () => {
    const big = "x".repeat(400_000);
    await stage.dead([0, 1, 2].map((number) => ({ body: `${number}${big}` })).slice(0, 2));
    await stage.dead([{ body: `2${big}` }]);
    await stage.dead([{ body: "y".repeat(1_048_576) }]);
    await stage.dead(numbers(20));
    expect(await stage.redrive()).to.include({ moved: 24, notMoved: 0 });
    const calls = stage.proxy.callsOf("SendMessageBatch");
    for (const { body } of calls) {
      const entries = body.Entries as { MessageBody: string }[];
      const bytes = entries.reduce((sum, entry) => sum + entry.MessageBody.length, 0);
      expect(entries.length).to.be.within(1, 10);
      expect(bytes).to.be.at.most(1_048_576);
    }
    expect(await stage.take()).to.have.length(24);
  });

  it("sends again what was refused for the moment, and loses or doubles nothing", async () => {
    await stage.dead(numbers(30));
    stage.proxy.inject("SendMessageBatch", 3, refuseEntry(0));
    stage.proxy.inject("DeleteMessageBatch", 2, refuseEntry(0));
    stage.proxy.inject("ReceiveMessage", 1, serverError);
    expect(await stage.redrive()).to.include({ moved: 30, notMoved: 0, perhapsTwice: 0 });
    await expectMoved(30);
  });

  it("counts what the queue may have got twice, because an answer was lost", async () => {
    await stage.dead(numbers(1));
    stage.proxy.inject("SendMessageBatch", 1, async (_, forward) => {
      await forward();
      return "drop";
    });
    expect(await stage.redrive()).to.include({ moved: 1, perhapsTwice: 1 });
    expect(bodiesOf(await stage.take())).to.deep.equal(["message 0", "message 0"]);
  });

  it("says why a message was not moved, keeps it, and moves the others", async () => {
    await stage.dead(numbers(5));
    const [id] = await stage.dead([
      { body: "{", attributes: { deadLetterBodyEncoding: text("gzip+base64") } },
    ]);
    const result = await stage.redrive();
    expect(result).to.include({ moved: 5, notMoved: 1, left: 1 });
    expect(result.reasons.notMoved).to.have.length(1);
    expect(result.reasons.notMoved[0]).to.deep.include({ count: 1, ids: [id] });
    expect(result.reasons.notMoved[0]?.reason).to.include("cannot be decompressed");
    await stage.take();
    // It is visible at once.
    expect(bodiesOf(await stage.take(stage.queues.deadLetterQueueUrl))).to.deep.equal(["{"]);
  });

  it("stops after one message when none can be sent", async () => {
    await stage.dead(numbers(30));
    stage.proxy.inject("SendMessageBatch", Infinity, () =>
      Promise.resolve({ status: 400, body: { __type: "AccessDenied", message: "not allowed" } }),
    );
    const result = await stage.redrive();
    expect(result).to.include({ moved: 0, notMoved: 1, left: 30 });
    expect(result.stopped).to.include("cannot be sent").and.include("not allowed");
    expect(stage.proxy.callsOf("DeleteMessageBatch")).to.have.length(0);
  });

  it("stops after one message when none can be deleted, and the next run only deletes it", async () => {
    await stage.dead(numbers(12));
    stage.proxy.inject("DeleteMessageBatch", Infinity, () =>
      Promise.resolve({ status: 400, body: { __type: "AccessDenied", message: "not allowed" } }),
    );
    const result = await stage.redrive();
    expect(result).to.include({ moved: 0, notMoved: 0, movedNotDeleted: 1, left: 12 });
    expect(result.reasons.movedNotDeleted[0]?.reason).to.include("not allowed");
    expect(result.stopped).to.include("cannot be deleted");
    stage.proxy.clear();
    expect(await stage.redrive()).to.include({ moved: 12, sentBefore: 1, perhapsTwice: 0 });
    await expectMoved(12);
  });

  it("says so when a send has no answer in the end, and counts it in the next run", async () => {
    await stage.dead(numbers(1));
    stage.proxy.inject("SendMessageBatch", Infinity, drop);
    const result = await stage.redrive();
    expect(result).to.include({ moved: 0, notMoved: 1, left: 1 });
    expect(result.reasons.notMoved[0]?.reason).to.include("it may have been sent");
    stage.proxy.clear();
    expect(await stage.redrive()).to.include({ moved: 1, perhapsTwice: 1 });
    await expectMoved(1);
  });

  it("leaves what comes while it runs, so that a worker that still fails keeps no run going", async () => {
    await stage.dead(numbers(20));
    // Each message that is sent to the queue fails again at once.
    stage.proxy.inject("SendMessageBatch", Infinity, async (call, forward) => {
      const answer = await forward();
      const entries = call.body.Entries as { MessageBody: string }[];
      await stage.dead(entries.map(({ MessageBody }) => ({ body: MessageBody })));
      return answer;
    });
    const result = await stage.redrive();
    expect(result).to.include({ moved: 20, cameLater: 20, notMoved: 0, left: 20 });
    expect(await stage.take()).to.have.length(20);
  });

  it("waits for what somebody else holds, and says when it does not come back", async () => {
    await stage.dead(numbers(3));
    await stage.hold(2);
    expect(await stage.redrive({ visibilityTimeoutSeconds: 20 })).to.include({
      moved: 3,
      heldElsewhere: 0,
    });
    await stage.dead(numbers(2));
    await stage.hold(60);
    expect(await stage.redrive({ visibilityTimeoutSeconds: 2 })).to.include({
      moved: 1,
      heldElsewhere: 1,
      left: 1,
    });
  });

  it("keeps its letters hidden while a call takes longer than their time", async () => {
    await stage.dead(numbers(1));
    stage.proxy.inject("SendMessageBatch", 1, async (_, forward) => {
      await new Promise((resolve) => setTimeout(resolve, 4500));
      // Nobody else can have it.
      expect(await stage.hold(30)).to.equal("");
      return forward();
    });
    const result = await stage.redrive({ visibilityTimeoutSeconds: 3 });
    expect(result).to.include({ moved: 1, movedNotDeleted: 0 });
    expect(stage.proxy.callsOf("ChangeMessageVisibilityBatch")).not.to.have.length(0);
    await expectMoved(1);
  });

  it("moves at most as many as it is told to, and as fast", async () => {
    await stage.dead(numbers(30));
    const began = performance.now();
    expect(await stage.redrive({ limit: 13, perSecond: 10 })).to.include({ moved: 13, left: 17 });
    // The first passes at once, and the others each wait for the ones before.
    expect(performance.now() - began).to.be.above(900);
    expect(await stage.take()).to.have.length(13);
  });

  it("finishes what it has in hand when it is told to stop", async () => {
    await stage.dead(numbers(150));
    const stop = new AbortController();
    stage.proxy.inject("SendMessageBatch", 2, (_, forward) => {
      if (stage.proxy.callsOf("SendMessageBatch").length === 2) stop.abort();
      return forward();
    });
    const result = await stage.redrive({ signal: stop.signal });
    expect(result).to.include({ notMoved: 0, movedNotDeleted: 0, wasToldToStop: true });
    // The first, and one batch of each lane.
    expect(result.moved).to.be.within(1, 81);
    expect(await stage.left()).to.equal(150 - result.moved);
    expect(await stage.take()).to.have.length(result.moved);
    // What was left is visible at once.
    expect(await stage.redrive()).to.include({ moved: 150 - result.moved });
  });

  it("works without its record, and says so", async () => {
    await stage.dead(numbers(3));
    expect(await stage.redrive({ recordFile: "/dev/null/redrive.sqlite" })).to.include({
      moved: 3,
    });
    expect(stage.said.join()).to.include("/dev/null/redrive.sqlite");
    await expectMoved(3);
  });

  it("says that there is nothing to move", async () => {
    expect(await stage.redrive()).to.include({ moved: 0, notMoved: 0, left: 0 });
  });
});
