import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { eventually } from "../../support/eventually";
import { Harness } from "./harness";

const visibilityTimeoutSeconds = 5;

describe("leases of a real queue, in real time", () => {
  let harness: Harness;
  beforeEach(async () => {
    harness = await Harness.create();
  });
  afterEach(() => harness.dispose());

  it("do not run out while the work takes three times as long", async () => {
    await harness.queues.send("long");
    const work = () => delay(3 * visibilityTimeoutSeconds * 1000);
    const consumer = harness.start(work, { visibilityTimeoutSeconds });
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    expect(await consumer.stop(5)).to.include({ done: 1, leaseLost: 0 });
    expect(harness.runs).to.have.length(1);
  });

  it("run out while the event loop is blocked, and the finished job is not done again", async () => {
    await harness.queues.send("blocks");
    const work = () => block(2 * visibilityTimeoutSeconds * 1000);
    const consumer = harness.start(work, { visibilityTimeoutSeconds, concurrency: 1 });
    await eventually("the queue is empty", () => harness.queues.isEmpty());
    const summary = await consumer.stop(5);
    expect(harness.runs).to.have.length(1);
    expect(harness.logged(/event loop was blocked/)).to.have.length(1);
    // It came back before its delete went through, and then counts as done, or it did not.
    expect(summary).to.include({ released: 0, deadLettered: 0, unsettled: 0 });
    expect(summary.done + summary.leaseLost + summary.undeleted).to.be.at.least(1);
  });
});

/** What a processor should not do: work without ever giving way. */
function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}
