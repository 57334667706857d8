import { expect } from "chai";
import fc from "fast-check";
import { RestartsWorld } from "./restarts-world";

/** What can happen, in any order. */
const happening = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("time passes" as const),
      minutes: fc.integer({ min: 0, max: 200 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant("call" as const) }) },
  fc.record({ do: fc.constant("alarm" as const), state: fc.constantFrom("ALARM", "OK") }),
  fc.record({
    do: fc.constant("commands end" as const),
    outcome: fc.constantFrom(
      undefined,
      { ok: true, text: "Success" },
      { ok: false, text: "Failed" },
    ),
  }),
  fc.record({
    do: fc.constant("a call ends in the middle" as const),
    after: fc.integer({ min: 0, max: 10 }),
  }),
);

/** No two within the cooldown, and at most three within any window. */
function expectWithinLimits(sent: number[]): void {
  sent.forEach((at, index) => {
    const before = sent[index - 1];
    if (before !== undefined) expect(at - before, `restarts ${sent.join()}`).to.be.at.least(10);
    const fourth = sent[index + 3];
    if (fourth !== undefined) expect(fourth - at, `restarts ${sent.join()}`).to.be.at.least(6 * 60);
  });
}

describe("automatic restarts, whatever happens", () => {
  it("never come within the cooldown, and never more than three within six hours", async () => {
    let restarted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 80 }), async (happenings) => {
        const world = new RestartsWorld();
        for (const what of happenings) {
          if (what.do === "time passes") world.time += what.minutes;
          else if (what.do === "alarm") world.alarm = what.state;
          else if (what.do === "commands end") world.outcome = what.outcome;
          else if (what.do === "call") await world.call();
          else {
            let effects = 0;
            world.effect = () =>
              effects++ < what.after ? Promise.resolve() : Promise.reject(new Error("timed out"));
            await world.call().catch(() => undefined);
            world.effect = () => Promise.resolve();
          }
          expectWithinLimits(world.sent);
        }
        restarted += world.sent.length;
      }),
      { numRuns: 400 },
    );
    expect(restarted).to.be.greaterThan(100);
  });

  it("send one command and publish one message when several calls come at the same time, in any order of their effects", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = new RestartsWorld();
        const together = async () => {
          world.effect = (name) => scheduler.schedule(Promise.resolve(), name);
          const calls = [world.call(), world.call(), world.call()];
          await scheduler.waitFor(Promise.all(calls));
        };
        for (const time of [0, 10, 20, 30]) {
          world.time = time;
          await together();
        }
        expect(world.sent).to.deep.equal([0, 10, 20]);
        expect(world.published).to.have.length(1);
      }),
      { numRuns: 100 },
    );
  });
});
