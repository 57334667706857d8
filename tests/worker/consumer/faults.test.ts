import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { UnavailableError } from "../../../worker/job/errors";
import { drop, hang, refuseEntry, serverError } from "../../support/fault-proxy";
import { eventually } from "../../support/eventually";
import { Harness } from "./harness";

describe("consumer under faults", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.create();
  });
  afterEach(() => harness.dispose());

  it("repeats a delete that fails, and works no message twice", async () => {
    harness.proxy.inject("DeleteMessageBatch", 2, serverError);
    await harness.queues.send("job");
    const consumer = harness.start(() => undefined);
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    expect(await consumer.stop(5)).to.include({ done: 1, undeleted: 0, unsettled: 0 });
    expect(harness.runs).to.have.length(1);
    expect(harness.deleteFailures).to.equal(0);
  });

  it("repeats a delete as long as the message is ours, and counts it as failed once", async () => {
    // Much longer than a lease, which is extended meanwhile.
    harness.proxy.inject("DeleteMessageBatch", 20, drop);
    await harness.queues.send("job");
    const consumer = harness.startHeld(() => undefined);
    await harness.passUntil("the deletes failed", () => harness.deleteFailures === 1);
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    expect(harness.clock.now()).to.be.above(20_000);
    const { result } = await harness.passFor(consumer.stop(5));
    expect(result).to.include({ done: 1, undeleted: 0, unsettled: 0 });
    expect(harness.runs).to.have.length(1);
    expect(harness.received()).to.have.length(1);
    expect(harness.deleteFailures).to.equal(1);
  });

  it("deletes a finished message with the newer receipt when it is received again before it is deleted", async () => {
    harness.proxy.inject("DeleteMessageBatch", 6, drop);
    await harness.queues.send("job");
    const consumer = harness.startHeld(() => undefined);
    await harness.passUntil("the deletes failed", () => harness.deleteFailures === 1);
    await harness.queues.endLease(harness.received()[0]?.ReceiptHandle);
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    const { result } = await harness.passFor(consumer.stop(5));
    expect(result).to.include({ done: 1, undeleted: 0, unsettled: 0 });
    expect(harness.runs).to.have.length(1);
    expect(harness.deleteFailures).to.equal(1);
  });

  it("repeats only the entry that a batch delete refused", async () => {
    harness.proxy.inject("DeleteMessageBatch", 1, refuseEntry(0));
    for (let index = 0; index < 10; index += 1) await harness.queues.send(`job ${index}`);
    const consumer = harness.start(() => undefined, { concurrency: 10 });
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    expect(await consumer.stop(5)).to.include({ done: 10, undeleted: 0 });
    expect(harness.runs).to.have.length(10);
    const entries = harness.proxy
      .callsOf("DeleteMessageBatch")
      .map(({ body }) => (body.Entries as unknown[]).length);
    expect(entries.reduce((sum, count) => sum + count, 0)).to.equal(11);
  });

  it("keeps a message that takes much longer than its lease, though a heartbeat fails", async () => {
    harness.proxy.inject("ChangeMessageVisibilityBatch", 1, serverError);
    await harness.queues.send("long");
    let finish = () => undefined as void;
    const work = new Promise<void>((resolve) => (finish = resolve));
    const consumer = harness.startHeld(() => work);
    await harness.passUntil("it works", () => harness.runs.length === 1);
    await harness.pass(35_000);
    finish();
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    expect((await harness.passFor(consumer.stop(5))).result).to.include({ done: 1, leaseLost: 0 });
    expect(harness.runs).to.have.length(1);
  });

  it("sends the first heartbeat before a third of the lease", async () => {
    await harness.queues.send("long");
    harness.startHeld(() => new Promise(() => undefined), { visibilityTimeoutSeconds: 30 });
    await harness.passUntil("it works", () => harness.runs.length === 1);
    const started = harness.clock.now();
    const beats = () => harness.proxy.callsOf("ChangeMessageVisibilityBatch");
    await harness.passUntil("there is a heartbeat", () => beats().length > 0);
    expect(harness.clock.now() - started).to.be.below(10_000);
  });

  it("counts a job over its time as a failed attempt and never runs a message twice at once", async () => {
    await harness.queues.send("hangs");
    await harness.queues.send("fine");
    const consumer = harness.startHeld(
      (message) => (message.body === "hangs" ? new Promise(() => undefined) : undefined),
      { jobTimeoutSeconds: 3, abandonAfterMs: 200, maxReceiveCount: 2 },
    );
    await harness.passUntil("it is dead-lettered", () => harness.queues.isEmpty());
    const [letter] = await harness.queues.deadLetters(1);
    expect(letter?.Body).to.equal("hangs");
    // The second attempt was not started, because the first one still runs.
    expect(letter?.MessageAttributes?.deadLetterAttempts?.StringValue).to.equal("1");
    expect(harness.mostAtOnce).to.equal(1);
    expect(harness.runsOf("fine")).to.equal(1);
    // The job that still runs is not waited for.
    const { result, ms } = await harness.passFor(consumer.stop(10));
    expect(ms).to.be.at.most(1000);
    expect(result).to.include({ done: 1, deadLettered: 1, unsettled: 0 });
  });

  it("says so when jobs that ignore their abort hold every slot", async () => {
    await harness.queues.send("hangs");
    harness.startHeld(() => new Promise(() => undefined), {
      concurrency: 1,
      jobTimeoutSeconds: 3,
      abandonAfterMs: 200,
    });
    await harness.passUntil("the consumer says that it is stuck", () => harness.stuck === 1);
  });

  it("aborts a job by its signal, and its cleaning up is waited for", async () => {
    await harness.queues.send("job");
    let cleanedUp = false;
    harness.start(
      async (_, { signal }) => {
        await delay(100_000, undefined, { signal }).catch(() => undefined);
        await delay(50);
        cleanedUp = true;
        signal.throwIfAborted();
      },
      { jobTimeoutSeconds: 0.2, maxReceiveCount: 1 },
    );
    const [letter] = await harness.queues.deadLetters(1);
    expect(cleanedUp).to.equal(true);
    expect(letter?.MessageAttributes?.deadLetterReason?.StringValue).to.match(/longer than 0\.2 s/);
  });

  it("continues after receives failed, with pauses that grow, and logs each change once", async () => {
    let isFailing = true;
    harness.proxy.inject("ReceiveMessage", Infinity, (call, forward) =>
      isFailing ? serverError(call, forward) : forward(),
    );
    await harness.queues.send("job");
    harness.startHeld(() => undefined);
    const receives = () => harness.proxy.callsOf("ReceiveMessage").length;
    await harness.passUntil("five receives failed", () => receives() === 5);
    // At least half of 0.5, 1, 2 and 4 s.
    expect(harness.clock.now()).to.be.at.least(3750);
    isFailing = false;
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    expect(harness.runs).to.have.length(1);
    expect(harness.logged(/receiving from the queue fails/)).to.have.length(1);
    expect(harness.logged(/works again/)).to.have.length(1);
  });

  it("does a job once though it blocks the event loop past its lease", async () => {
    await harness.queues.send("blocks");
    const consumer = harness.startHeld(() => harness.clock.jump(25_000), { concurrency: 1 });
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    await harness.pass(10_000);
    const { result: summary } = await harness.passFor(consumer.stop(5));
    expect(harness.runs).to.have.length(1);
    expect(harness.logged(/event loop was blocked/)).to.have.length(1);
    // Whether a delete with a receipt that has run out worked is not known.
    expect(summary).to.include({ done: 0, leaseLost: 1, released: 0, deadLettered: 0 });
    expect(summary).to.include({ undeleted: 0, unsettled: 0 });
  });

  it("does no work on an answer that waited for this process longer than a lease", async () => {
    await harness.queues.send("job");
    let answerNow: () => void = () => undefined;
    const later = new Promise<void>((resolve) => (answerNow = resolve));
    harness.proxy.inject("ReceiveMessage", 1, async (_call, forward) => {
      const answer = await forward();
      await later;
      return answer;
    });
    const consumer = harness.startHeld(() => undefined);
    await eventually("the queue has answered", async () => (await harness.queues.waiting()) === 0);
    // As after SIGSTOP: another worker may have had the message meanwhile, and may have finished it.
    harness.clock.jump(11_000);
    answerNow();
    await eventually("it is given up", () => harness.logged(/lease .* ran out/).length === 1);
    expect(harness.runs).to.deep.equal([]);
    const { result } = await harness.passFor(consumer.stop(5));
    expect(result).to.include({ done: 0, leaseLost: 1, unsettled: 0 });
  });

  it("aborts a job as soon as its lease is over, not at the next heartbeat", async () => {
    await harness.queues.send("job");
    harness.proxy.inject("ChangeMessageVisibilityBatch", 1000, serverError);
    let abortedAt = 0;
    harness.startHeld(async (_, { signal }) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      abortedAt = harness.clock.now();
    });
    await harness.passUntil("it works", () => harness.runs.length === 1);
    const began = harness.clock.now();
    // The last check before that was at 8.75 s of 10, the next would be at 11.25 s if the first was late.
    harness.clock.jump(9400);
    await harness.passUntil("it is aborted", () => abortedAt > 0);
    expect(abortedAt - began).to.be.at.most(10_200);
  });

  it("counts only starts as attempts, not deliveries that waited in line", async () => {
    await harness.queues.send("job");
    await harness.queues.takeAndGiveBack();
    await harness.queues.takeAndGiveBack();
    const ledger = {
      find: (ids: readonly string[]) =>
        Promise.resolve(new Map(ids.map((id) => [id, { unstarted: 2 }]))),
      record: () => Promise.resolve(),
      recordUnstarted: () => Promise.resolve(),
    };
    harness.start(() => Promise.reject(new Error("no")), {}, { ledger });
    const [letter] = await harness.queues.deadLetters(1);
    expect(harness.runs.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3]);
    expect(letter?.MessageAttributes?.deadLetterReason?.StringValue).to.match(/^failed 3 times/);
  });

  it("does not settle a failed job with a receipt that has run out", async () => {
    await harness.queues.send("blocks, then fails");
    const consumer = harness.startHeld(
      () => {
        if (harness.runs.length === 1) {
          harness.clock.jump(25_000);
          throw new Error("failed");
        }
      },
      { concurrency: 1 },
    );
    await harness.passUntil("it failed", () => harness.logged(/lease of a message/).length === 1);
    expect(harness.proxy.callsOf("ChangeMessageVisibilityBatch")).to.deep.equal([]);
    await harness.queues.endLease(harness.received()[0]?.ReceiptHandle);
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    expect((await harness.passFor(consumer.stop(5))).result).to.include({
      done: 1,
      released: 0,
      leaseLost: 1,
      deadLettered: 0,
    });
  });

  it("keeps a message that the ledger cannot be asked about, on its last attempt too", async () => {
    await harness.queues.send("job");
    await harness.queues.takeAndGiveBack();
    let isReachable = false;
    let asked = 0;
    const ledger = {
      find: () => {
        asked += 1;
        return isReachable
          ? Promise.resolve(new Map())
          : Promise.reject(new UnavailableError("the index's database", new Error("refused")));
      },
      record: () => Promise.resolve(),
      recordUnstarted: () => Promise.resolve(),
    };
    const consumer = harness.start(() => undefined, { maxReceiveCount: 2 }, { ledger });
    await eventually("it has asked more than once", () => asked > 1);
    await harness.queues.send("comes later");
    expect(harness.runs).to.deep.equal([]);
    isReachable = true;
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    expect(await consumer.stop(5)).to.include({ done: 2, deadLettered: 0, released: 0 });
    expect(harness.runs).to.have.length(2);
    expect(harness.logged(/cannot be used/)).to.have.length(1);
  });

  it("lets one at a time try while something is unreachable, then all go on", async () => {
    let isReachable = false;
    let atOnce = 0;
    let mostAtOnce = 0;
    let tries = 0;
    const consumer = harness.startHeld(
      async () => {
        const isTry = harness.logged(/cannot be used/).length > 0 && !isReachable;
        atOnce += 1;
        if (isTry) mostAtOnce = Math.max(mostAtOnce, atOnce);
        await setImmediate();
        atOnce -= 1;
        if (isTry) tries += 1;
        if (!isReachable) throw new UnavailableError("S3", new Error("refused"));
      },
      { maxReceiveCount: 1 },
    );
    for (let index = 0; index < 8; index += 1) await harness.queues.send(`job ${index}`);
    await harness.passUntil("it has tried three times", () => tries === 3);
    expect(mostAtOnce).to.equal(1);
    isReachable = true;
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    expect((await harness.passFor(consumer.stop(5))).result).to.include({
      done: 8,
      deadLettered: 0,
      released: 0,
    });
    expect(harness.logged(/the outage is over/)).to.have.length(1);
  });

  it("claims no success when the deletes hang while it stops", async () => {
    harness.proxy.inject("DeleteMessageBatch", Infinity, hang);
    for (let index = 0; index < 5; index += 1) await harness.queues.send(`job ${index}`);
    const consumer = harness.startHeld(() => undefined);
    await harness.passUntil("all are worked", () => harness.runs.length === 5);
    const { result, ms } = await harness.passFor(consumer.stop(3));
    expect(ms).to.be.at.most(3000);
    expect(result).to.include({ done: 0, unsettled: 5 });
  });
});
