import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
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
    expect(performance.now() - began).to.be.below(1000);
  });

  it("lets work finish that fits into the grace", async () => {
    await harness.queues.send("job");
    const consumer = harness.start(() => delay(700));
    await eventually("it works", () => harness.runs.length === 1);
    expect(await consumer.stop(10)).to.include({ done: 1, released: 0, unsettled: 0 });
    expect(await harness.queues.isEmpty()).to.equal(true);
  });

  it("aborts and gives back within the grace what does not finish, so that another can work on it", async () => {
    await harness.queues.send("job");
    const consumer = harness.start((_, { signal }) => delay(60_000, undefined, { signal }), {
      visibilityTimeoutSeconds: 3,
    });
    await eventually("it works", () => harness.runs.length === 1);
    const began = performance.now();
    expect(await consumer.stop(2)).to.include({ done: 0, released: 1, unsettled: 0 });
    expect(performance.now() - began).to.be.below(2500);
    const other = harness.start(() => undefined);
    await eventually("another finishes it", () => harness.queues.isEmpty());
    expect(await other.stop(5)).to.include({ done: 1 });
    expect(harness.mostAtOnce).to.equal(1);
  });

  it("gives back work whose processor ignores the abort", async () => {
    await harness.queues.send("job");
    const consumer = harness.start(() => new Promise(() => undefined), {
      visibilityTimeoutSeconds: 30,
    });
    await eventually("it works", () => harness.runs.length === 1);
    expect(await consumer.stop(3)).to.include({ released: 1, unsettled: 0 });
  });

  it("dead-letters with a reason what it interrupts on the last attempt", async () => {
    await harness.queues.send("job");
    const consumer = harness.start((_, { signal }) => delay(60_000, undefined, { signal }), {
      maxReceiveCount: 1,
    });
    await eventually("it works", () => harness.runs.length === 1);
    expect(await consumer.stop(1)).to.include({ deadLettered: 1, released: 0 });
    const [letter] = await harness.queues.deadLetters(1);
    expect(letter?.MessageAttributes?.deadLetterReason?.StringValue).to.match(
      /^attempt 1 of 1 was not brought to an end, .* not known to be bad$/,
    );
  });

  it("gives everything back at once when told a second time", async () => {
    await harness.queues.send("job");
    const consumer = harness.start((_, { signal }) => delay(60_000, undefined, { signal }));
    await eventually("it works", () => harness.runs.length === 1);
    const began = performance.now();
    const stopped = consumer.stop(60);
    await consumer.stopNow();
    expect(await stopped).to.include({ released: 1, unsettled: 0 });
    expect(performance.now() - began).to.be.below(1500);
  });
});
