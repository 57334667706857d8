import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { PermanentError } from "../../../worker/errors";
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
});
