import { expect } from "chai";
import type { JobContext } from "../../../worker/job/processor";
import { eventually } from "../../support/eventually";
import { Harness } from "./harness";

describe("stopping a consumer", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.create();
  });
  afterEach(() => harness.dispose());

  it("ends an idle long poll at once", async () => {
    const consumer = harness.start(() => undefined);
    await eventually("it polls", () => harness.proxy.callsOf("ReceiveMessage").length > 0);
    const began = performance.now();
    await consumer.stop(30);
    // By itself it would end after 20 seconds.
    expect(performance.now() - began).to.be.below(10_000);
  });

  it("gives back what an answer brings that is on its way when it stops", async () => {
    for (let index = 0; index < 10; index += 1) await harness.queues.send(`job ${index}`);
    let answerNow: () => void = () => undefined;
    const later = new Promise<void>((resolve) => (answerNow = resolve));
    harness.proxy.inject("ReceiveMessage", 1, async (_call, forward) => {
      const answer = await forward();
      await later;
      return answer;
    });
    const consumer = harness.startHeld(() => undefined, { concurrency: 40 });
    await eventually("the queue has answered", async () => (await harness.queues.waiting()) === 0);
    const stopped = consumer.stop(30);
    answerNow();
    const { result } = await harness.passFor(stopped);
    expect(result).to.include({ done: 0, released: 10, unsettled: 0 });
    expect(await harness.queues.waiting()).to.equal(10);
  });

  it("lets work finish that fits into the grace", async () => {
    await harness.queues.send("job");
    const consumer = harness.startHeld(() => harness.clock.sleep(4000));
    await harness.passUntil("it works", () => harness.runs.length === 1);
    const { result } = await harness.passFor(consumer.stop(10));
    expect(result).to.include({ done: 1, released: 0, unsettled: 0 });
    expect(await harness.queues.isEmpty()).to.equal(true);
  });

  it("aborts and gives back within the grace what does not finish, so that another can work on it", async () => {
    await harness.queues.send("job");
    const consumer = harness.startHeld(untilAborted);
    await harness.passUntil("it works", () => harness.runs.length === 1);
    const { result, ms } = await harness.passFor(consumer.stop(2));
    expect(result).to.include({ done: 0, released: 1, unsettled: 0 });
    expect(ms).to.be.at.most(2000);
    const other = harness.start(() => undefined);
    await eventually("another finishes it", () => harness.queues.isEmpty());
    expect(await other.stop(5)).to.include({ done: 1 });
    expect(harness.mostAtOnce).to.equal(1);
  });

  it("gives back work whose processor ignores the abort", async () => {
    await harness.queues.send("job");
    const consumer = harness.startHeld(() => new Promise(() => undefined));
    await harness.passUntil("it works", () => harness.runs.length === 1);
    const { result, ms } = await harness.passFor(consumer.stop(3));
    expect(result).to.include({ released: 1, unsettled: 0 });
    expect(ms).to.be.at.most(3000);
  });

  it("dead-letters with a reason what it interrupts on the last attempt", async () => {
    await harness.queues.send("job");
    const consumer = harness.startHeld(untilAborted, { maxReceiveCount: 1 });
    await harness.passUntil("it works", () => harness.runs.length === 1);
    const { result } = await harness.passFor(consumer.stop(1));
    expect(result).to.include({ deadLettered: 1, released: 0 });
    const [letter] = await harness.queues.deadLetters(1);
    expect(letter?.MessageAttributes?.deadLetterReason?.StringValue).to.match(
      /^attempt 1 of 1 did not finish: .* not known to be bad$/,
    );
  });

  it("gives everything back at once when it is stopped a second time", async () => {
    await harness.queues.send("job");
    const consumer = harness.startHeld(untilAborted);
    await harness.passUntil("it works", () => harness.runs.length === 1);
    // No time passes on the clock.
    const stopped = consumer.stop(60);
    await consumer.stopNow();
    expect(await stopped).to.include({ released: 1, unsettled: 0 });
  });
});

/** Work that ends only by its abort. */
function untilAborted(_: unknown, { signal }: JobContext): Promise<void> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason as Error)),
  );
}
