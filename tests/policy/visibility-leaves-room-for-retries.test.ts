import { expect } from "chai";
import { visibilityLeavesRoomForRetries as rule } from "../../policy/rules/visibility-leaves-room-for-retries";
import { change, OutputOf } from "./declared-stack";
import { goodStack } from "./good-stack";
import { brokenRules, judge } from "./judge";

const tight = change(goodStack, "asr", { visibilityTimeoutSeconds: 359 });

describe("visibility-leaves-room-for-retries", () => {
  it("only advises", () => {
    expect(rule.enforcementLevel).to.equal("advisory");
  });

  it("is the only rule that reports a queue that leaves a function no time for retries", async () => {
    for (const moment of ["first preview", "deployed"] as const) {
      const { violations } = await judge(rule, tight, moment);
      expect(violations.map(({ resource }) => resource)).to.deep.equal(["asr"]);
      expect(violations[0]?.message).to.match(/359 s.*timeout of 60 s.*advises 360 s/);
      expect(await brokenRules(tight, moment)).to.deep.equal([rule.name]);
    }
  });

  it("adds the batching window", async () => {
    const stack = change(goodStack, "asr-mapping", { maximumBatchingWindowInSeconds: 20 });
    expect((await judge(rule, stack)).violations[0]?.message).to.match(/advises 380 s/);
  });

  it("reads the factor from the configuration", async () => {
    expect(
      (await judge(rule, tight, "deployed", { timesFunctionTimeout: 3 })).violations,
    ).to.have.length(0);
  });

  it("ignores fleets, other types, and timeouts that another rule refuses", async () => {
    const slow = change(goodStack, "asr-worker", { timeout: 600 });
    expect((await judge(rule, slow)).violations).to.have.length(0);
    const fleet = change(goodStack, "files", { visibilityTimeoutSeconds: 850 });
    expect((await judge(rule, fleet)).violations).to.have.length(0);
    const others = goodStack.filter(({ type }) => !type.includes("eventSourceMapping"));
    expect((await judge(rule, others)).violations).to.have.length(0);
  });

  it("does not report unknown values, which visibility-exceeds-worker-timeout reports", async () => {
    const unknown = new OutputOf("alerts", 20);
    const stack = change(tight, "asr-mapping", { maximumBatchingWindowInSeconds: unknown });
    expect(await judge(rule, stack, "first preview")).to.deep.equal({
      violations: [],
      undecided: "",
    });
  });
});
