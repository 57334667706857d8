import { setTimeout as delay } from "node:timers/promises";
import type { Message } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { PermanentError, UnavailableError } from "../../../worker/job/errors";
import type { MessageHistory } from "../../../worker/consumer/finished-work";
import { eventually } from "../../support/eventually";
import { Harness } from "./harness";

describe("consumer of a FIFO queue", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.create({ fifo: true });
  });
  afterEach(() => harness.dispose());

  it("keeps the order of each group, works groups side by side, and a failed message holds its group", async () => {
    for (let index = 0; index < 4; index += 1) {
      await harness.queues.send(`a${index}`, { group: "a" });
      await harness.queues.send(`b${index}`, { group: "b" });
    }
    const working = new Set<string>();
    let overlap = false;
    const consumer = harness.start(async ({ body, groupId = "" }, { attempt }) => {
      overlap ||= working.has(groupId);
      working.add(groupId);
      await delay(20);
      working.delete(groupId);
      if (body === "a1" && attempt < 3) throw new Error("not yet");
      if (body === "b2") throw new PermanentError("never");
    });
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    const order = (group: string) =>
      harness.runs.map(({ body }) => body).filter((body) => body.startsWith(group));
    expect(order("a")).to.deep.equal(["a0", "a1", "a1", "a1", "a2", "a3"]);
    expect(order("b")).to.deep.equal(["b0", "b1", "b2", "b3"]);
    expect(overlap).to.equal(false);
    expect(await consumer.stop(5)).to.include({ done: 7, deadLettered: 1, unsettled: 0 });
    const [letter] = await harness.queues.deadLetters(1);
    expect(letter?.Attributes?.MessageGroupId).to.equal("b");
  });

  it("tells the ledger which deliveries ended without a start when it stops", async () => {
    await harness.queues.send("first", { group: "a" });
    const waiting = await harness.queues.send("second", { group: "a" });
    const unstarted: string[] = [];
    const ledger = {
      find: () => Promise.resolve(new Map<string, MessageHistory>()),
      record: () => Promise.resolve(),
      recordUnstarted: (id: string) => {
        unstarted.push(id);
        return Promise.resolve();
      },
    };
    const consumer = harness.start(
      (_, { signal }) =>
        new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
      {},
      { ledger },
    );
    await eventually("both are received", () => harness.received().length === 2);
    await eventually("one has begun", () => harness.runs.length === 1);
    await consumer.stopNow();
    expect(unstarted).to.deep.equal([waiting]);
  });

  it("does not take a message that could not even be begun for the end of an outage", async () => {
    const handedOutTooOften = "handed out too often";
    harness.proxy.inject("ReceiveMessage", Infinity, async (_call, forward) => {
      const answer = await forward();
      for (const { Body, Attributes } of (answer.body.Messages ?? []) as Message[]) {
        if (Body === handedOutTooOften) Object.assign(Attributes ?? {}, receivedThreeTimes);
      }
      return answer;
    });
    await harness.queues.send("job", { group: "b" });
    let isReachable = false;
    let throwFirst = () => undefined as void;
    const first = new Promise<void>((resolve) => (throwFirst = resolve));
    const consumer = harness.startHeld(
      async () => {
        await first;
        if (!isReachable) throw new UnavailableError("S3", new Error("refused"));
      },
      { maxReceiveCount: 2, concurrency: 1 },
    );
    await harness.passUntil("the job has begun", () => harness.runs.length === 1);
    await harness.queues.send(handedOutTooOften, { group: "a" });
    await harness.passUntil("the other is in line", () => harness.received().length === 2);
    throwFirst();
    await harness.passUntil("the other is dead-lettered", async () => {
      return (await harness.queues.count(harness.queues.deadLetterQueueUrl)) === 1;
    });
    await harness.passUntil("the job is tried again", () => harness.runs.length > 2);
    expect(harness.logged(/the outage is over/)).to.have.length(0);
    isReachable = true;
    await harness.passUntil("the queue is empty", () => harness.queues.isEmpty());
    expect((await harness.passFor(consumer.stop(5))).result).to.include({
      done: 1,
      deadLettered: 1,
    });
    expect(harness.logged(/the outage is over/)).to.have.length(1);
  });
});

const receivedThreeTimes = { ApproximateReceiveCount: "3" };
