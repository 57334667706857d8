import { expect } from "chai";
import fc from "fast-check";
import { MonitoredQueue, type MonitoredQueueArgs } from "../../../components/queue";
import type { DeclaredStack } from "../../policy/declared-stack";
import { brokenRules } from "../../policy/judge";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

type Varied = Omit<
  MonitoredQueueArgs,
  "deployment" | "alerting" | "queueName" | "deadLetterQueueName"
>;

const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
/** Small numbers are drawn more often: most rules have their limits there. */
const whole = (min: number, max: number) =>
  fc.oneof(fc.integer({ min, max }), fc.integer({ min, max: Math.min(max, min + 20) }));
const levels = (max: number) => {
  const level = optional(fc.oneof(whole(0, max), fc.constant("off" as const)));
  return optional(fc.record({ warning: level, critical: level }));
};
const thresholds = fc.record({
  depth: levels(1_000_000),
  deadLetters: levels(12),
  oldestMessageAgeSeconds: optional(whole(60, 130_000)),
});

/** Arguments whose timeouts fit together. Whether the other arguments are valid, the component decides. */
const queueArguments: fc.Arbitrary<Varied> = whole(2, 43_200).chain((visibilityTimeoutSeconds) =>
  fc.record({
    fifo: fc.boolean(),
    visibilityTimeoutSeconds: fc.constant(visibilityTimeoutSeconds),
    jobTimeoutSeconds: whole(1, visibilityTimeoutSeconds - 1),
    maxReceiveCount: fc.oneof(whole(1, 8), whole(1, 1000)),
    messageRetentionSeconds: optional(whole(60, 1_209_600)),
    deadLetterRetentionSeconds: optional(whole(60, 1_209_600)),
    thresholds: optional(thresholds),
  }),
);

/** The resources that the component registers for the arguments that it accepts. */
async function register(drawn: Varied[]): Promise<{ accepted: number; stack: DeclaredStack }> {
  const { resources, outputs } = await recordProgram(() => {
    const accepted = drawn.filter((args, index) => {
      const end = args.fifo === true ? ".fifo" : "";
      const names = {
        queueName: `orders-${index}${end}`,
        deadLetterQueueName: `orders-${index}-dlq${end}`,
      };
      try {
        return new MonitoredQueue(`orders-${index}`, { ...args, ...names, deployment, alerting });
      } catch (error) {
        expect((error as Error).message).to.match(/^Invalid MonitoredQueue "orders-\d+":/);
        return false;
      }
    });
    return { accepted: accepted.length };
  });
  const stack = resources.map(({ type, name, inputs }) => ({ type, name, inputs }));
  return { accepted: outputs.accepted, stack };
}

describe("what MonitoredQueue accepts", function () {
  this.timeout(120_000);

  it("is never refused by a mandatory rule of the policy pack", async () => {
    let total = 0;
    const many = fc.array(queueArguments, { minLength: 40, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(many, async (drawn) => {
        const { accepted, stack } = await register(drawn);
        total += accepted;
        expect(await brokenRules(stack, "deployed")).to.deep.equal([]);
      }),
      { numRuns: 5 },
    );
    expect(total, "arguments that were accepted, of 200").to.be.above(10);
  });

  it("includes every visibility timeout with the default thresholds", async () => {
    const timeouts = [2, 30, 300, 900, 1801, 3600, 5400, 43_200];
    const drawn = timeouts.map((visibilityTimeoutSeconds) => ({
      visibilityTimeoutSeconds,
      jobTimeoutSeconds: visibilityTimeoutSeconds - 1,
      maxReceiveCount: 5,
    }));
    const { accepted, stack } = await register(drawn);
    expect(accepted).to.equal(timeouts.length);
    expect(await brokenRules(stack, "deployed")).to.deep.equal([]);
  });
});
