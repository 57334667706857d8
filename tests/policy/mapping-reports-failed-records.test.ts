import { expect } from "chai";
import { mappingReportsFailedRecords as rule } from "../../policy/rules/mapping-reports-failed-records";
import type { Moment } from "./declared-stack";
import { change, OutputOf } from "./declared-stack";
import { goodStack } from "./good-stack";
import { brokenRules, judge } from "./judge";

const moments: Moment[] = ["first preview", "deployed"];
const unknown = (value: unknown) => new OutputOf("alerts", value);
const none = { violations: [], undecided: "" };
const mapping = (inputs: Record<string, unknown>) =>
  change(goodStack, "asr-mapping", { functionResponseTypes: undefined, ...inputs });

describe("mapping-reports-failed-records", () => {
  for (const moment of moments) {
    describe(`at ${moment}`, () => {
      it("reports a mapping whose function gets a batch and cannot report a part, and no other rule does", async () => {
        for (const [inputs, size] of [
          [{}, 10],
          [{ batchSize: 100, functionResponseTypes: [] }, 100],
          [{ batchSize: 2 }, 2],
        ] as const) {
          const { violations } = await judge(rule, mapping(inputs), moment);
          expect(violations.map(({ resource }) => resource)).to.deep.equal(["asr-mapping"]);
          expect(violations[0]?.message).to.match(
            new RegExp(
              `function "asr-worker" behind event source mapping "asr-mapping" gets up to ${size} messages.*Set functionResponseTypes`,
            ),
          );
          expect(await brokenRules(mapping(inputs), moment)).to.deep.equal([rule.name]);
        }
      });

      it("reports the mapping of a FIFO queue", async () => {
        const eventSourceArn = "arn:aws:sqs:ap-northeast-1:123456789012:events.fifo";
        const { violations } = await judge(rule, mapping({ eventSourceArn }), moment);
        expect(violations).to.have.length(1);
      });

      it("passes a mapping that reports failures, and one with single messages", async () => {
        expect(await judge(rule, goodStack, moment)).to.deep.equal(none);
        expect(await judge(rule, mapping({ batchSize: 1 }), moment)).to.deep.equal(none);
      });
    });
  }

  it("ignores other types and mappings from streams", async () => {
    const others = goodStack.filter(({ type }) => !type.includes("eventSourceMapping"));
    expect(await judge(rule, others)).to.deep.equal(none);
    const eventSourceArn = "arn:aws:kinesis:ap-northeast-1:123456789012:stream/s";
    expect(await judge(rule, mapping({ eventSourceArn }))).to.deep.equal(none);
  });

  for (const [what, stack, expected] of [
    [
      "the list of response types",
      mapping({ functionResponseTypes: unknown([]) }),
      /"asr-mapping" can report which messages failed: functionResponseTypes is not known yet/,
    ],
    [
      "a response type",
      mapping({ functionResponseTypes: [unknown("ReportBatchItemFailures")] }),
      /functionResponseTypes is not known yet/,
    ],
    ["the batch size", mapping({ batchSize: unknown(1) }), /batchSize is not known yet/],
    [
      "whether the source is a queue",
      mapping({ eventSourceArn: unknown("x") }),
      /eventSourceArn is not known yet/,
    ],
  ] as const) {
    it(`says so when ${what} is unknown`, async () => {
      const { violations, undecided } = await judge(rule, stack, "first preview");
      expect(violations).to.have.length(0);
      expect(undecided).to.match(expected);
    });
  }

  it("decides without the function, and without a batch size when failures are reported", async () => {
    const { violations } = await judge(rule, mapping({ functionName: unknown("x") }));
    expect(violations).to.have.length(1);
    const any = change(goodStack, "asr-mapping", { batchSize: unknown(10) });
    expect(await judge(rule, any, "first preview")).to.deep.equal(none);
  });
});
