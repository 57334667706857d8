import { expect } from "chai";
import { queueWorkerHasErrorAlarm as rule } from "../../policy/rules/queue-worker-has-error-alarm";
import type { DeclaredStack, Moment } from "./declared-stack";
import { change, OutputOf, without } from "./declared-stack";
import { goodStack } from "./good-stack";
import { brokenRules, judge } from "./judge";

const moments: Moment[] = ["first preview", "deployed"];
const unknown = (value: unknown) => new OutputOf("alerts", value);
const functionName = new OutputOf("asr-worker", "asr-worker-dev");
const none = { violations: [], undecided: "" };

/** The good stack with an alarm on the metric alone. */
const plain = (inputs: Record<string, unknown> = {}) =>
  change(goodStack, "asr-worker-errors", {
    metricQueries: undefined,
    namespace: "AWS/Lambda",
    metricName: "Errors",
    statistic: "Sum",
    period: 300,
    dimensions: { FunctionName: functionName },
    threshold: 0,
    ...inputs,
  });

const errors = {
  id: "errors",
  metric: {
    namespace: "AWS/Lambda",
    metricName: "Errors",
    stat: "Sum",
    period: 300,
    dimensions: { FunctionName: functionName },
  },
};
const calls = { id: "calls", metric: { ...errors.metric, metricName: "Invocations" } };
/** The good stack with an alarm on the first of these expressions. */
const expressions = (...texts: unknown[]) =>
  change(goodStack, "asr-worker-errors", {
    metricQueries: [
      ...texts.map((expression, index) => ({
        id: `e${index}`,
        expression,
        returnData: index === 0,
      })),
      { ...errors, returnData: false },
      { ...calls, returnData: false },
    ],
  });

async function onlyViolation(stack: DeclaredStack, moment: Moment = "deployed", config = {}) {
  const { violations } = await judge(rule, stack, moment, config);
  expect(violations).to.have.length(1);
  expect(violations[0]!.resource).to.equal("asr-worker");
  return violations[0]!.message;
}

describe("queue-worker-has-error-alarm", () => {
  for (const moment of moments) {
    describe(`at ${moment}`, () => {
      it("reports a function on a queue without an alarm on its errors, and no other rule does", async () => {
        const stack = without(goodStack, "asr-worker-errors");
        expect(await onlyViolation(stack, moment)).to.match(
          /function "asr-worker" \(asr-worker-dev\), which event source mapping "asr-mapping" calls .* has no error alarm that notifies someone\. Add a metric alarm on AWS\/Lambda Errors/,
        );
        expect(await brokenRules(stack, moment)).to.deep.equal([rule.name]);
      });

      it("passes a function with an alarm on its errors alone", async () => {
        for (const inputs of [
          {},
          { dimensions: { FunctionName: "asr-worker-dev" } },
          { statistic: "Average", threshold: 0.1 },
          { statistic: undefined, extendedStatistic: "p95", threshold: 0.5 },
          {
            statistic: "Maximum",
            threshold: 1,
            comparisonOperator: "GreaterThanOrEqualToThreshold",
          },
          { dimensions: { FunctionName: functionName, Resource: "asr-worker-dev:live" } },
        ]) {
          expect(await judge(rule, plain(inputs), moment), JSON.stringify(inputs)).to.deep.equal(
            none,
          );
        }
      });

      it("passes an expression that uses the errors, also through others", async () => {
        for (const texts of [
          ["100 * errors / calls"],
          ["IF(errors >= 2, 100 * errors / calls, 0)"],
          ["MAX([e1, 0])", "100 * e2", "FILL(errors, 0) / calls"],
          ["SUM(METRICS())"],
          ['SUM(METRICS("err"))'],
        ]) {
          expect(await judge(rule, expressions(...texts), moment), texts.join()).to.deep.equal(
            none,
          );
        }
      });

      it("does not count an expression that does not use the errors", async () => {
        for (const texts of [
          ["calls / 2"],
          ["e2 + calls", "errors + 1", "calls * 2"],
          ["errors_of_another + calls"],
          ["e1", "e0"],
          ['SUM(METRICS("calls"))'],
        ]) {
          expect(await onlyViolation(expressions(...texts), moment), texts.join()).to.match(
            /"asr-worker-errors" evaluates an expression that does not use Errors/,
          );
        }
      });

      for (const [fault, inputs, expected] of [
        ["has no action", { alarmActions: [] }, /has no alarmActions/],
        ["has its actions off", { actionsEnabled: false }, /actionsEnabled false/],
        ["has no threshold", { threshold: undefined }, /threshold undefined, so it never fires/],
        ["has too high a threshold", { threshold: 11 }, /threshold 11, more than the 10 allowed/],
        [
          "never fires",
          { statistic: "Average", threshold: 5 },
          /threshold 5, with which it never fires: the Average of Errors is at most 1/,
        ],
        [
          "is always on",
          { comparisonOperator: "GreaterThanOrEqualToThreshold" },
          /threshold 0, with which it is always on/,
        ],
        [
          "is on while nothing calls the function",
          { treatMissingData: "breaching" },
          /treatMissingData breaching, with which it stays on while nothing calls/,
        ],
        ["counts calls", { statistic: "SampleCount" }, /SampleCount, which counts all calls/],
        ["is quiet after one success", { statistic: "Minimum" }, /0 if one call succeeds/],
        [
          "compares downwards",
          { comparisonOperator: "LessThanThreshold" },
          /LessThanThreshold, which does not fire/,
        ],
        ["fires late", { period: 3600 }, /a delay of 10800 s, more than the 3600 s allowed/],
        [
          "watches another alias",
          { dimensions: { FunctionName: functionName, Resource: "asr-worker-dev:next" } },
          /dimension Resource asr-worker-dev:next, but live is called/,
        ],
        [
          "watches one version",
          { dimensions: { FunctionName: functionName, ExecutedVersion: "7" } },
          /dimension ExecutedVersion, so it does not watch every call/,
        ],
        ["watches another function", { dimensions: { FunctionName: "other" } }, /no error alarm/],
        ["watches all functions", { dimensions: {} }, /no error alarm/],
        ["watches another metric", { metricName: "Throttles" }, /no error alarm/],
        ["watches another namespace", { namespace: "Ours" }, /no error alarm/],
        [
          "only scales",
          { alarmActions: ["arn:aws:autoscaling:ap-northeast-1:123456789012:scalingPolicy:1"] },
          /only starts or stops machines/,
        ],
      ] as const) {
        it(`does not count an alarm that ${fault}`, async () => {
          expect(await onlyViolation(plain(inputs), moment)).to.match(expected);
        });
      }

      it("does not count an expression that fires late or never", async () => {
        const late = change(goodStack, "asr-worker-errors", { datapointsToAlarm: 13 });
        expect(await onlyViolation(late, moment)).to.match(/a delay of 3900 s/);
        const band = change(goodStack, "asr-worker-errors", {
          threshold: undefined,
          thresholdMetricId: "band",
        });
        expect(await onlyViolation(band, moment)).to.match(/so it never fires/);
      });

      it("reports a function with several mappings once", async () => {
        const mapping = goodStack.find(({ name }) => name === "asr-mapping")!;
        const stack = [...without(goodStack, "asr-worker-errors"), { ...mapping, name: "second" }];
        await onlyViolation(stack, moment);
      });

      it("accepts the action of a composite alarm", async () => {
        const stack: DeclaredStack = [
          ...change(goodStack, "asr-worker-errors", { alarmActions: undefined }),
          {
            type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
            name: "trouble",
            inputs: {
              alarmName: "trouble",
              alarmRule: "ALARM(asr-worker-errors)",
              alarmActions: [unknown("arn")],
            },
          },
        ];
        expect(await judge(rule, stack, moment)).to.deep.equal(none);
      });
    });
  }

  it("takes limits and exemptions from the configuration", async () => {
    expect(await onlyViolation(plain({ threshold: 3 }), "deployed", { maximumErrors: 2 })).to.match(
      /more than the 2 allowed/,
    );
    expect(await onlyViolation(plain(), "deployed", { maximumSecondsToAlarm: 60 })).to.match(
      /a delay of 900 s/,
    );
    const bare = without(goodStack, "asr-worker-errors");
    for (const name of ["asr-worker", "asr-worker-dev"]) {
      const exempt = [{ function: name, reason: "watched by the platform team" }];
      expect((await judge(rule, bare, "deployed", { exempt })).violations).to.deep.equal([]);
    }
  });

  it("accepts Resource of a mapping that names no alias", async () => {
    const dimensions = { FunctionName: functionName, Resource: "asr-worker-dev" };
    const direct = change(plain({ dimensions }), "asr-mapping", { functionName: "asr-worker-dev" });
    expect(await judge(rule, direct)).to.deep.equal(none);
    expect(await onlyViolation(plain({ dimensions }))).to.match(/but live is called/);
  });

  it("ignores other types, functions that work on no queue and functions of other stacks", async () => {
    const bare = without(goodStack, "asr-worker-errors");
    const others = bare.filter(({ type }) => !type.includes("eventSourceMapping"));
    expect(await judge(rule, others)).to.deep.equal(none);
    const stream = change(bare, "asr-mapping", {
      eventSourceArn: "arn:aws:kinesis:ap-northeast-1:123456789012:stream/s",
    });
    expect(await judge(rule, stream)).to.deep.equal(none);
    expect(await judge(rule, without(bare, "asr-worker"))).to.deep.equal(none);
  });

  for (const [what, stack, expected] of [
    [
      "the function",
      change(goodStack, "asr-mapping", { functionName: unknown("x") }),
      /"asr-mapping" has an error alarm: functionName is not known yet/,
    ],
    [
      "whether the source is a queue",
      change(without(goodStack, "asr-worker-errors"), "asr-mapping", {
        eventSourceArn: unknown("x"),
      }),
      /"asr-worker" .*has no error alarm: eventSourceArn is not known yet/,
    ],
    [
      "the threshold",
      plain({ threshold: unknown(1) }),
      /threshold of "asr-worker-errors" is not known yet/,
    ],
    [
      "the list of actions",
      plain({ alarmActions: unknown([]) }),
      /alarmActions of "asr-worker-errors" is not known yet/,
    ],
    [
      "which function an alarm watches",
      plain({ dimensions: { FunctionName: unknown("asr-worker-dev") } }),
      /"asr-worker-errors": dimensions.FunctionName is not known yet/,
    ],
    [
      "which alias an alarm watches",
      plain({ dimensions: { FunctionName: "asr-worker-dev", Resource: unknown("x") } }),
      /whether "asr-worker-errors" watches the alias that is called is not known yet/,
    ],
    [
      "an expression",
      expressions("e1 * 2", unknown("errors")),
      /the expression of "asr-worker-errors" is not known yet/,
    ],
    ["a period", plain({ period: unknown(60) }), /how soon "asr-worker-errors" fires is not known/],
  ] as const) {
    it(`says so when ${what} is unknown`, async () => {
      const { violations, undecided } = await judge(rule, stack, "first preview");
      expect(violations).to.have.length(0);
      expect(undecided).to.match(expected);
    });
  }

  it("decides without knowing the queue when there is an alarm, or when the source can only be a queue", async () => {
    const source = change(goodStack, "asr-mapping", { eventSourceArn: unknown("x") });
    expect(await judge(rule, source, "first preview")).to.deep.equal(none);
    const either = change(without(goodStack, "asr-worker-errors"), "asr-mapping", {
      eventSourceArn: new OutputOf(["asr", "files"], "x"),
    });
    await onlyViolation(either, "first preview");
  });
});
