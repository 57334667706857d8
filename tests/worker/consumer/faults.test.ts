import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { UnavailableError } from "../../../worker/errors";
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

  it("deletes a finished message when it comes back after its delete failed for good", async () => {
    harness.proxy.inject("DeleteMessageBatch", 6, drop);
    await harness.queues.send("job");
    const consumer = harness.start(() => undefined, { visibilityTimeoutSeconds: 1 });
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    expect(await consumer.stop(5)).to.include({ done: 1, undeleted: 1, unsettled: 0 });
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
    const consumer = harness.start(() => delay(3500), { visibilityTimeoutSeconds: 1 });
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    expect(await consumer.stop(5)).to.include({ done: 1, leaseLost: 0 });
    expect(harness.runs).to.have.length(1);
  });

  it("sends the first heartbeat before a third of the lease", async () => {
    await harness.queues.send("long");
    const began = performance.now();
    let started = began;
    harness.start(
      () => {
        started = performance.now();
        return delay(2500);
      },
      { visibilityTimeoutSeconds: 3 },
    );
    const [beat] = await eventually("there is a beat", () => {
      const beats = harness.proxy.callsOf("ChangeMessageVisibilityBatch");
      return beats.length > 0 && beats;
    });
    expect((beat?.at ?? Infinity) - started).to.be.below(1000);
  });

  it("counts a job over its time as a failed attempt and never runs a message twice at once", async () => {
    await harness.queues.send("hangs");
    await harness.queues.send("fine");
    const consumer = harness.start(
      (message) => (message.body === "hangs" ? new Promise(() => undefined) : undefined),
      {
        jobTimeoutSeconds: 0.3,
        abandonAfterMs: 200,
        visibilityTimeoutSeconds: 1,
        maxReceiveCount: 2,
      },
    );
    const [letter] = await harness.queues.deadLetters(1);
    expect(letter?.Body).to.equal("hangs");
    expect(letter?.MessageAttributes?.deadLetterAttempts?.StringValue).to.equal("2");
    expect(harness.mostAtOnce).to.equal(1);
    expect(harness.runsOf("fine")).to.equal(1);
    const began = performance.now();
    const summary = await consumer.stop(10);
    expect(summary).to.include({ done: 1, deadLettered: 1, unsettled: 0 });
    expect(performance.now() - began).to.be.below(2000);
  });

  it("says so when jobs that ignore their abort hold every slot", async () => {
    await harness.queues.send("hangs");
    harness.start(() => new Promise(() => undefined), {
      concurrency: 1,
      jobTimeoutSeconds: 0.2,
      abandonAfterMs: 100,
    });
    await eventually("the consumer says it is stuck", () => harness.stuck === 1);
  });

  it("aborts a job by its signal, and its cleaning up is waited for", async () => {
    await harness.queues.send("job");
    let cleanedUp = false;
    harness.start(
      async (_, { signal }) => {
        await delay(10_000, undefined, { signal }).catch(() => undefined);
        await delay(50);
        cleanedUp = true;
        signal.throwIfAborted();
      },
      { jobTimeoutSeconds: 0.2, maxReceiveCount: 1 },
    );
    const [letter] = await harness.queues.deadLetters(1);
    expect(cleanedUp).to.equal(true);
    expect(letter?.MessageAttributes?.deadLetterReason?.StringValue).to.match(
      /longer than its 0.2 s/,
    );
  });

  it("goes on after receiving failed for five seconds, and logs each change once", async () => {
    let failing = true;
    const began = performance.now();
    harness.proxy.inject("ReceiveMessage", Infinity, (call, forward) =>
      failing ? serverError(call, forward) : forward(),
    );
    await harness.queues.send("job");
    harness.start(() => undefined);
    await delay(5000 - (performance.now() - began));
    failing = false;
    await eventually("the queue is empty", () => harness.queues.isEmpty(), 15_000);
    expect(harness.runs).to.have.length(1);
    expect(harness.logged(/receiving from the queue fails/)).to.have.length(1);
    expect(harness.logged(/works again/)).to.have.length(1);
    expect(harness.proxy.callsOf("ReceiveMessage").length).to.be.below(20);
  });

  it("does a job once though it blocks the event loop past its lease", async () => {
    await harness.queues.send("blocks");
    const consumer = harness.start(() => block(2500), {
      visibilityTimeoutSeconds: 1,
      concurrency: 1,
    });
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    const summary = await consumer.stop(5);
    expect(harness.runs).to.have.length(1);
    expect(harness.logged(/event loop was blocked/)).to.have.length(1);
    // It came back before its delete went through, and then counts as done, or it did not.
    expect(summary).to.include({ released: 0, deadLettered: 0, unsettled: 0 });
    expect(summary.done + summary.leaseLost + summary.undeleted).to.be.at.least(1);
  });

  it("does not settle a failed job with a receipt that has run out", async () => {
    await harness.queues.send("blocks, then fails");
    let isFirst = true;
    const consumer = harness.start(
      () => {
        if (isFirst) {
          isFirst = false;
          block(2500);
          throw new Error("failed");
        }
      },
      { visibilityTimeoutSeconds: 1, concurrency: 1 },
    );
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    expect(await consumer.stop(5)).to.include({
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
    };
    const consumer = harness.start(() => undefined, { maxReceiveCount: 2 }, { ledger });
    await eventually("it has asked more than once", () => asked > 1);
    await harness.queues.send("comes meanwhile");
    expect(harness.runs).to.deep.equal([]);
    isReachable = true;
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    expect(await consumer.stop(5)).to.include({ done: 2, deadLettered: 0, released: 0 });
    expect(harness.runs).to.have.length(2);
    expect(harness.logged(/out of reach/)).to.have.length(1);
  });

  it("lets one at a time try while something is out of reach, then all go on", async () => {
    let isReachable = false;
    let atOnce = 0;
    let mostAtOnce = 0;
    const consumer = harness.start(
      async () => {
        const isTry = harness.logged(/out of reach/).length > 0 && !isReachable;
        atOnce += 1;
        if (isTry) mostAtOnce = Math.max(mostAtOnce, atOnce);
        await delay(20);
        atOnce -= 1;
        if (!isReachable) throw new UnavailableError("S3", new Error("refused"));
      },
      { maxReceiveCount: 1 },
    );
    for (let index = 0; index < 8; index += 1) await harness.queues.send(`job ${index}`);
    await delay(2500);
    expect(mostAtOnce).to.be.at.most(1);
    isReachable = true;
    await eventually("the queue is empty", () => harness.queues.isEmpty(), 20_000);
    expect(await consumer.stop(5)).to.include({ done: 8, deadLettered: 0, released: 0 });
    expect(harness.logged(/the outage is over/)).to.have.length(1);
  });

  it("claims no success when the deletes hang while it stops", async () => {
    harness.proxy.inject("DeleteMessageBatch", Infinity, hang);
    for (let index = 0; index < 5; index += 1) await harness.queues.send(`job ${index}`);
    const consumer = harness.start(() => undefined, { visibilityTimeoutSeconds: 3 });
    await eventually("all are worked", () => harness.runs.length === 5);
    const began = performance.now();
    const summary = await consumer.stop(3);
    expect(performance.now() - began).to.be.below(3500);
    expect(summary).to.include({ done: 0, unsettled: 5 });
  });
});

/** What a processor should not do: work without ever giving way. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
