import { expect } from "chai";
import fc from "fast-check";
import { backOffSeconds } from "../../../worker/lambda/back-off";

describe("the wait before the next attempt", () => {
  const waits = (isOutage: boolean) =>
    [1, 2, 3, 4, 5, 1000].map((receiveCount) =>
      backOffSeconds({ receiveCount, firstSeconds: 30, isOutage }, () => 1),
    );

  it("grows to 15 minutes, and to 2 minutes in an outage", () => {
    expect(waits(false)).to.deep.equal([30, 120, 480, 900, 900, 900]);
    expect(waits(true)).to.deep.equal([30, 120, 120, 120, 120, 120]);
  });

  it("is whole seconds, at least half of the full wait, and within what SQS allows", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 300 }),
        fc.boolean(),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        (receiveCount, firstSeconds, isOutage, random) => {
          const attempt = { receiveCount, firstSeconds, isOutage };
          const seconds = backOffSeconds(attempt, () => random);
          const full = backOffSeconds(attempt, () => 1);
          expect(Number.isInteger(seconds)).to.equal(true);
          expect(seconds).to.be.within(full / 2, full);
          expect(full).to.be.within(1, 43_200);
        },
      ),
    );
  });
});
