import { expect } from "chai";
import { mappingFitsReservedConcurrency as rule } from "../../policy/rules/mapping-fits-reserved-concurrency";
import type { DeclaredStack, Moment } from "./declared-stack";
import { change, OutputOf } from "./declared-stack";
import { goodStack } from "./good-stack";
import { brokenRules, judge } from "./judge";

const moments: Moment[] = ["first preview", "deployed"];
const unknown = (value: unknown) => new OutputOf("alerts", value);
const none = { violations: [], undecided: "" };
const reserving = (reservedConcurrentExecutions: unknown, stack = goodStack) =>
  change(stack, "asr-worker", { reservedConcurrentExecutions });
const mapping = (inputs: Record<string, unknown>, stack = goodStack) =>
  change(stack, "asr-mapping", inputs);
const limited = (maximumConcurrency: number) => ({ scalingConfig: { maximumConcurrency } });
const pollers = (maximumPollers: unknown) => ({
  scalingConfig: undefined,
  provisionedPollerConfig: { minimumPollers: 2, maximumPollers },
});
/** The stack with mappings that something else than the program enables and disables. */
const switchedElsewhere = (stack: DeclaredStack): DeclaredStack =>
  stack.map((one) =>
    one.type.includes("eventSourceMapping") ? { ...one, ignoreChanges: ["enabled"] } : one,
  );
/** The good stack with a second mapping of the function. */
const second = (inputs: Record<string, unknown>, functionName: unknown = "asr-worker-dev") => [
  ...goodStack,
  {
    type: "aws:lambda/eventSourceMapping:EventSourceMapping",
    name: "second",
    inputs: {
      eventSourceArn: "arn:aws:sqs:ap-northeast-1:123456789012:events.fifo",
      functionName,
      functionResponseTypes: ["ReportBatchItemFailures"],
      ...inputs,
    },
  },
];

async function onlyViolation(stack: DeclaredStack, moment: Moment = "deployed") {
  const { violations } = await judge(rule, stack, moment);
  expect(violations).to.have.length(1);
  return violations[0]!;
}

describe("mapping-fits-reserved-concurrency", () => {
  for (const moment of moments) {
    describe(`at ${moment}`, () => {
      it("reports a mapping that makes more calls than its function reserves, and no other rule does", async () => {
        const stack = reserving(4);
        const { message, resource } = await onlyViolation(stack, moment);
        expect(resource).to.equal("asr-worker");
        expect(message).to.match(
          /"asr-worker" \(asr-worker-dev\) reserves a concurrency of 4, but its enabled mappings make up to 5 calls at a time: "asr-mapping" \(5\)\..*Set reservedConcurrentExecutions to at least 5/,
        );
        expect(await brokenRules(stack, moment)).to.deep.equal([rule.name]);
      });

      it("adds the calls of all enabled mappings", async () => {
        const { message } = await onlyViolation(reserving(6, second(limited(2))), moment);
        expect(message).to.match(/up to 7 calls at a time: "asr-mapping" \(5\), "second" \(2\)/);
        expect(await judge(rule, reserving(7, second(limited(2))), moment)).to.deep.equal(none);
        const waits = second({ ...limited(2), enabled: false });
        expect(await judge(rule, waits, moment)).to.deep.equal(none);
      });

      it("counts ten calls for each provisioned poller, of which Lambda allows 200 by default", async () => {
        expect((await onlyViolation(mapping(pollers(2)), moment)).message).to.match(
          /up to 20 calls at a time: "asr-mapping" \(2 pollers × 10\)/,
        );
        expect((await onlyViolation(mapping(pollers(undefined)), moment)).message).to.match(
          /2000 calls/,
        );
        expect(await judge(rule, reserving(20, mapping(pollers(2))), moment)).to.deep.equal(none);
      });

      it("reports a mapping without a limit, if its function reserves concurrency", async () => {
        for (const scalingConfig of [undefined, {}, { maximumConcurrency: 0 }]) {
          const stack = mapping({ scalingConfig });
          const { message, resource } = await onlyViolation(stack, moment);
          expect(resource).to.equal("asr-mapping");
          expect(message).to.match(
            /"asr-mapping" has no limit of its calls, but function "asr-worker" .* reserves a concurrency of 5.*Set scalingConfig.maximumConcurrency to at most 5/,
          );
          expect(await brokenRules(stack, moment)).to.deep.equal([rule.name]);
        }
        const one = await onlyViolation(
          reserving(1, mapping({ scalingConfig: undefined })),
          moment,
        );
        expect(one.message).to.match(/Reserve at least 2/);
      });

      it("counts one of the mappings that the program does not switch itself, and says so if all are too many", async () => {
        const both = switchedElsewhere(second(limited(2)));
        expect(await judge(rule, reserving(7, both), moment)).to.deep.equal(none);
        const { violations, undecided } = await judge(rule, both, moment);
        expect(violations).to.deep.equal([]);
        expect(undecided).to.match(
          /"asr-mapping" \(5\): the program ignores changes of enabled.*"second" \(2\): the program ignores/,
        );
        expect((await onlyViolation(reserving(4, both), moment)).message).to.match(
          /up to 5 calls at a time: "asr-mapping" \(5\)\./,
        );
        const waiting = switchedElsewhere(second({ ...limited(6), enabled: false }));
        expect((await judge(rule, waiting, moment)).undecided).to.match(/"second" \(6\)/);
        const open = switchedElsewhere(mapping({ scalingConfig: undefined }));
        expect((await onlyViolation(open, moment)).resource).to.equal("asr-mapping");
      });

      it("reports an enabled mapping of a function that reserves 0", async () => {
        for (const stack of [goodStack, mapping({ scalingConfig: undefined })]) {
          const { message } = await onlyViolation(reserving(0, stack), moment);
          expect(message).to.match(
            /refuses every call of its enabled mappings.*enabled .* to false/,
          );
        }
        const stopped = reserving(0, mapping({ enabled: false }));
        expect(await judge(rule, stopped, moment)).to.deep.equal(none);
      });

      it("reports a mapping with a maximum concurrency and pollers", async () => {
        const stack = mapping({ provisionedPollerConfig: { minimumPollers: 2 } });
        for (const either of [stack, reserving(undefined, stack)]) {
          const { message, resource } = await onlyViolation(either, moment);
          expect(resource).to.equal("asr-mapping");
          expect(message).to.match(/maximumConcurrency and provisionedPollerConfig.*Remove one/);
          expect(await brokenRules(either, moment)).to.deep.equal([rule.name]);
        }
      });

      it("passes mappings of a function that reserves nothing", async () => {
        for (const reserved of [undefined, -1]) {
          const stack = reserving(reserved, mapping({ scalingConfig: undefined }));
          expect(await judge(rule, stack, moment)).to.deep.equal(none);
        }
      });
    });
  }

  it("ignores other types, streams and functions of other stacks", async () => {
    const tight = reserving(1);
    const others = tight.filter(({ type }) => !type.includes("eventSourceMapping"));
    expect(await judge(rule, others)).to.deep.equal(none);
    const eventSourceArn = "arn:aws:kinesis:ap-northeast-1:123456789012:stream/s";
    expect(await judge(rule, mapping({ eventSourceArn }, tight))).to.deep.equal(none);
    expect(await judge(rule, mapping({ functionName: "theirs" }, tight))).to.deep.equal(none);
  });

  for (const [what, stack, expected] of [
    [
      "the function",
      mapping({ functionName: unknown("x") }),
      /"asr-mapping" fit its reserved concurrency: functionName is not known yet/,
    ],
    [
      "the reserved concurrency",
      reserving(unknown(5)),
      /"asr-worker" .*: reservedConcurrentExecutions is not known yet/,
    ],
    [
      "a maximum concurrency",
      mapping({ scalingConfig: { maximumConcurrency: unknown(2) } }),
      /"asr-mapping": scalingConfig is not known yet/,
    ],
    [
      "a number of pollers",
      mapping(pollers(unknown(2))),
      /"asr-mapping": provisionedPollerConfig is not known yet/,
    ],
    [
      "whether a mapping is enabled",
      second({ ...limited(2), enabled: unknown(false) }),
      /"second" \(2\): enabled is not known yet/,
    ],
    [
      "whether a mapping without a limit is enabled",
      mapping({ scalingConfig: undefined, enabled: unknown(false) }),
      /"asr-mapping": enabled is not known yet/,
    ],
    [
      "whether the source is a queue",
      second({ ...limited(2), eventSourceArn: unknown("x") }),
      /"second" \(2\): eventSourceArn is not known yet/,
    ],
    [
      "one of maximum concurrency and pollers",
      mapping({ provisionedPollerConfig: { maximumPollers: unknown(2) } }),
      /"asr-mapping" has both .* one of them is not known yet/,
    ],
  ] as const) {
    it(`says so when ${what} is unknown`, async () => {
      const { violations, undecided } = await judge(rule, stack, "first preview");
      expect(violations).to.have.length(0);
      expect(undecided).to.match(expected);
    });
  }

  it("decides without a value that is unknown when it does not matter", async () => {
    const fits = reserving(7, second({ ...limited(2), enabled: unknown(false) }));
    expect(await judge(rule, fits, "first preview")).to.deep.equal(none);
    const never = reserving(4, second({ scalingConfig: unknown({}) }));
    expect((await judge(rule, never, "first preview")).violations).to.have.length(1);
    const off = mapping({ functionName: unknown("x"), enabled: false });
    expect(await judge(rule, off, "first preview")).to.deep.equal(none);
  });
});
