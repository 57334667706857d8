import { expect } from "chai";
import { Batcher } from "../../../worker/consumer/batcher";
import { systemClock } from "../../../worker/consumer";
import { backOffMs, retryDelaySeconds } from "../../../worker/consumer/back-off";

describe("batches of requests", () => {
  it("sends ten at once and the rest of a turn together", async () => {
    const sizes: number[] = [];
    const batcher = new Batcher<number>(systemClock, (items) => {
      sizes.push(items.length);
      return Promise.resolve(items.map(() => undefined));
    });
    await Promise.all(Array.from({ length: 23 }, (_, index) => batcher.add(index)));
    expect(sizes).to.deep.equal([10, 10, 3]);
  });

  it("fails only the entries that failed", async () => {
    const batcher = new Batcher<number>(systemClock, (items) =>
      Promise.resolve(items.map((item) => (item === 1 ? new Error("no") : undefined))),
    );
    const ends = await Promise.allSettled([0, 1, 2].map((item) => batcher.add(item)));
    expect(ends.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled"]);
  });

  it("fails all entries of a call that failed", async () => {
    const batcher = new Batcher<number>(systemClock, () => Promise.reject(new Error("no network")));
    const ends = await Promise.allSettled([0, 1].map((item) => batcher.add(item)));
    expect(ends.every(({ status }) => status === "rejected")).to.equal(true);
  });
});

describe("back-off", () => {
  it("doubles up to its maximum and never falls below half of it", () => {
    expect([1, 2, 3, 9].map((attempt) => backOffMs(attempt, 100, 1000, () => 1))).to.deep.equal([
      100, 200, 400, 1000,
    ]);
    expect(backOffMs(9, 100, 1000, () => 0)).to.equal(500);
  });

  it("hides a failed message for a part of the lease that grows, never for longer than the lease", () => {
    expect([1, 2, 3, 4, 5].map((attempt) => retryDelaySeconds(attempt, 900))).to.deep.equal([
      10, 40, 160, 640, 900,
    ]);
  });
});
