import { expect } from "chai";
import { queueHasAlarms as rule } from "../../policy/rules/queue-has-alarms";
import type { DeclaredStack, Moment } from "./declared-stack";
import { change, OutputOf, without } from "./declared-stack";
import { goodStack, queueType } from "./good-stack";
import { brokenRules, judge } from "./judge";

const moments: Moment[] = ["first preview", "deployed"];
const unknown = (value: unknown) => new OutputOf("alerts", value);
const silenced = change(goodStack, "files-age", { alarmActions: undefined });
const composite = (alarmRule: unknown, inputs = {}) => ({
  type: "aws:cloudwatch/compositeAlarm:CompositeAlarm",
  name: "composite",
  inputs: { alarmName: "composite", alarmRule, alarmActions: [unknown("arn")], ...inputs },
});

async function onlyViolation(stack: DeclaredStack, moment: Moment = "deployed", config = {}) {
  const { violations } = await judge(rule, stack, moment, config);
  expect(violations).to.have.length(1);
  return violations[0]!;
}

describe("queue-has-alarms", () => {
  for (const moment of moments) {
    describe(`at ${moment}`, () => {
      it("reports a dead-letter queue without a depth alarm", async () => {
        const { message, resource } = await onlyViolation(
          without(goodStack, "files-dlq-depth"),
          moment,
        );
        expect(resource).to.equal("files-dlq");
        expect(message).to.match(
          /dead-letter queue "files-dlq" \(file-dlq-dev\) has no depth alarm.*ApproximateNumberOfMessagesVisible \(Maximum\).*at most 10/,
        );
      });

      it("reports a queue without an alarm on the age of its oldest message", async () => {
        const { message, resource } = await onlyViolation(without(goodStack, "asr-age"), moment);
        expect(resource).to.equal("asr");
        expect(message).to.match(/no oldest-message age alarm.*at most 3600/);
      });

      for (const [fault, name, inputs, expected] of [
        ["no action", "asr-dlq-depth", { alarmActions: [] }, /has no alarmActions/],
        ["its actions off", "asr-age", { actionsEnabled: false }, /actionsEnabled false/],
        [
          "a number of samples",
          "asr-dlq-depth",
          { statistic: "SampleCount" },
          /statistic SampleCount, which does not rise/,
        ],
        ["too high a threshold", "asr-dlq-depth", { threshold: 11 }, /threshold 11, more than/],
        ["too high an age", "asr-age", { threshold: 86_400 }, /threshold 86400, more than/],
        [
          "the wrong comparison",
          "asr-age",
          { comparisonOperator: "LessThanThreshold" },
          /LessThanThreshold, which does not fire/,
        ],
        ["another queue", "asr-age", { dimensions: { QueueName: "other" } }, /no oldest-message/],
        ["another metric", "asr-age", { metricName: "NumberOfMessagesSent" }, /no oldest-message/],
        ["another namespace", "asr-age", { namespace: "Ours" }, /no oldest-message/],
      ] as const) {
        it(`does not count an alarm with ${fault}`, async () => {
          const { message } = await onlyViolation(change(goodStack, name, inputs), moment);
          expect(message).to.match(expected);
        });
      }

      for (const [fault, name, inputs, expected] of [
        [
          "fires only after a day",
          "asr-age",
          { period: 300, evaluationPeriods: 288 },
          /a delay of 86400 s, more than the 3600/,
        ],
        [
          "is always on",
          "asr-dlq-depth",
          { comparisonOperator: "GreaterThanOrEqualToThreshold", threshold: 0 },
          /threshold 0, with which it is always on/,
        ],
        [
          "stays on while the queue is idle",
          "asr-dlq-depth",
          { treatMissingData: "breaching" },
          /treatMissingData breaching, with which it stays on/,
        ],
        ["counts samples", "asr-age", { statistic: "SampleCount" }, /statistic SampleCount/],
        [
          "has a dimension that SQS does not have",
          "asr-age",
          { dimensions: { QueueName: "asr-queue-dev", Stage: "dev" } },
          /the dimension Stage, but SQS reports no metric/,
        ],
        [
          "only scales, by the policy's ARN",
          "asr-age",
          { alarmActions: ["arn:aws:autoscaling:ap-northeast-1:123456789012:scalingPolicy:1"] },
          /only starts or stops machines/,
        ],
      ] as const) {
        it(`does not count an alarm that ${fault}`, async () => {
          const { message } = await onlyViolation(change(goodStack, name, inputs), moment);
          expect(message).to.match(expected);
        });
      }

      it("counts an alarm that scales and notifies someone, not one that only scales", async () => {
        const policy = { type: "aws:autoscaling/policy:Policy", name: "grow", inputs: {} };
        const arn = "arn:aws:autoscaling:ap-northeast-1:123456789012:scalingPolicy:1";
        const grow = new OutputOf("grow", arn);
        const only = change([...goodStack, policy], "asr-age", { alarmActions: [grow] });
        expect((await onlyViolation(only, moment)).message).to.match(/only starts or stops/);
        const both = change([...goodStack, policy], "asr-age", {
          alarmActions: [grow, unknown("arn:aws:sns:ap-northeast-1:123456789012:alerts")],
        });
        expect((await judge(rule, both, moment)).violations).to.deep.equal([]);
      });

      it("counts a single metric written as a query, but no expression", async () => {
        const metric = {
          namespace: "AWS/SQS",
          metricName: "ApproximateAgeOfOldestMessage",
          stat: "Maximum",
          period: 60,
          dimensions: { QueueName: "asr-queue-dev" },
        };
        const plain = { namespace: undefined, metricName: undefined, dimensions: undefined };
        const query = (...metricQueries: object[]) =>
          change(goodStack, "asr-age", { ...plain, statistic: undefined, metricQueries });
        const one = query({ id: "m", metric });
        expect((await judge(rule, one, moment)).violations).to.deep.equal([]);
        const expression = query(
          { id: "e", expression: "m * 0", returnData: true },
          { id: "m", metric, returnData: false },
        );
        expect((await onlyViolation(expression, moment)).message).to.match(
          /"asr-age" evaluates an expression that may be low while ApproximateAge/,
        );
        const sum = query({ id: "m", metric: { ...metric, period: 7200 } });
        expect((await onlyViolation(sum, moment)).message).to.match(/a delay of 7200 s/);
      });

      it("counts an expression that cannot be below the metric", async () => {
        const metric = (metricName: string) => ({
          namespace: "AWS/SQS",
          metricName,
          stat: "Maximum",
          period: 60,
          dimensions: { QueueName: "asr-dlq-dev" },
        });
        const plain = { namespace: undefined, metricName: undefined, dimensions: undefined };
        const withExpressions = (...expressions: string[]) =>
          change(goodStack, "asr-dlq-depth", {
            ...plain,
            statistic: undefined,
            metricQueries: [
              ...expressions.map((expression, index) => ({
                id: `e${index}`,
                expression,
                returnData: index === 0,
              })),
              { id: "m", metric: metric("ApproximateNumberOfMessagesVisible"), returnData: false },
              {
                id: "n",
                metric: metric("ApproximateNumberOfMessagesNotVisible"),
                returnData: false,
              },
            ],
          });
        for (const good of [
          ["m + n"],
          ["FILL(m, 0)"],
          ["SUM(METRICS())"],
          ["MAX([n, m]) * 1.5 + 2"],
          ["e1 + n", "FILL(m, REPEAT)"],
        ]) {
          const { violations } = await judge(rule, withExpressions(...good), moment);
          expect(violations, good.join()).to.deep.equal([]);
        }
        for (const bad of [
          ["m - n"],
          ["m * 0"],
          ["MIN([m, n])"],
          ["IF(n > 1, m, 0)"],
          ["n"],
          ["m * n"],
        ]) {
          const { violations } = await judge(rule, withExpressions(...bad), moment);
          expect(violations[0]?.message, bad.join()).to.match(/may be low while/);
        }
      });

      it("does not count an alarm on a queue of the same name in another region", async () => {
        for (const elsewhere of [
          { inputs: { region: "us-east-1" } },
          { provider: { region: "us-east-1" } },
        ]) {
          const stack = change(goodStack, "asr", { region: "ap-northeast-1" }).map((declared) =>
            declared.name === "asr-age"
              ? {
                  ...declared,
                  ...elsewhere,
                  inputs: { ...declared.inputs, ...elsewhere.inputs },
                }
              : declared,
          );
          expect((await onlyViolation(stack, moment)).resource).to.equal("asr");
        }
      });

      it("is the only rule that reports a removed alarm", async () => {
        for (const name of ["files-dlq-depth", "files-age", "events-trouble"]) {
          expect(await brokenRules(without(goodStack, name), moment)).to.deep.equal([rule.name]);
        }
      });

      it("counts the action of a composite alarm only if one alarm alone makes it fire", async () => {
        const passes = async (alarmRule: string, inputs = {}) =>
          (await judge(rule, [...silenced, composite(alarmRule, inputs)], moment)).violations
            .length === 0;
        const arn = "arn:aws:cloudwatch:ap-northeast-1:123456789012:alarm:files-age";
        expect(await passes("ALARM(files-age)")).to.equal(true);
        expect(await passes(`ALARM("${arn}") OR ALARM(asr-age)`)).to.equal(true);
        expect(await passes("ALARM(files-age) AND OK(asr-age)")).to.equal(true);
        expect(await passes("ALARM(files-age) AND ALARM(asr-age)")).to.equal(false);
        expect(await passes("OK(files-age)")).to.equal(false);
        expect(await passes("ALARM(files-age-2)")).to.equal(false);
        expect(await passes("ALARM(files-age) and more")).to.equal(false);
        expect(await passes("ALARM(files-age)", { actionsEnabled: false })).to.equal(false);
        expect(await passes("ALARM(files-age)", { alarmActions: [] })).to.equal(false);
      });
    });
  }

  it("follows composite alarms of composite alarms, also if they refer to each other", async () => {
    const outer = { ...composite("ALARM(composite)"), name: "outer" };
    outer.inputs = { ...outer.inputs, alarmName: "outer" };
    const inner = composite("ALARM(files-age) OR ALARM(outer)", { alarmActions: [] });
    expect((await judge(rule, [...silenced, inner, outer])).violations).to.have.length(0);
    outer.inputs = { ...outer.inputs, alarmActions: [] };
    const { message } = await onlyViolation([...silenced, inner, outer]);
    expect(message).to.match(/"files-age" has no.*"composite" has no.*"outer" has no/);
  });

  it("allows an age of up to three times the visibility timeout", async () => {
    const stack = (visibilityTimeoutSeconds: unknown, threshold: number) =>
      change(change(goodStack, "asr", { visibilityTimeoutSeconds }), "asr-age", { threshold });
    expect((await judge(rule, stack(5400, 16_200))).violations).to.deep.equal([]);
    expect((await onlyViolation(stack(5400, 16_201))).message).to.match(
      /threshold 16201, more than the 16200 allowed/,
    );
    expect((await onlyViolation(stack(undefined, 3601))).message).to.match(/the 3600 allowed/);
    const open = await judge(rule, stack(unknown(5400), 16_200), "first preview");
    expect(open.violations).to.deep.equal([]);
    expect(open.undecided).to.match(
      /whether threshold 16200 of "asr-age" is too high: visibilityTimeoutSeconds of queue "asr" .*not known yet/,
    );
  });

  it("takes thresholds and exemptions from the configuration", async () => {
    const strict = await judge(rule, goodStack, "deployed", { maximumDeadLetterDepth: 0 });
    expect(strict.violations.map(({ resource }) => resource)).to.deep.equal(["asr-dlq"]);
    const exempt = [{ queue: "asr-dlq-dev", reason: "watched by the platform team" }];
    const config = { maximumDeadLetterDepth: 0, exempt };
    expect((await judge(rule, goodStack, "deployed", config)).violations).to.have.length(0);
  });

  it("leaves undecided whether a queue is a dead-letter queue if a redrive policy is unknown", async () => {
    const either = new OutputOf(["files-dlq", "asr-dlq"], "{}");
    const stack = change(goodStack, "files", { redrivePolicy: either });
    const { violations, undecided } = await judge(rule, stack, "first preview");
    expect(violations).to.deep.equal([]);
    expect(undecided).to.match(/queue "files-dlq" .*no oldest-message age alarm.*may name it/);
    const bare = without(stack, "files-dlq-depth");
    expect((await judge(rule, bare, "first preview")).violations).to.have.length(1);
  });

  it("ignores other types", async () => {
    const stack = goodStack.filter(({ type }) => type !== queueType);
    expect(await judge(rule, stack)).to.deep.equal({ violations: [], undecided: "" });
  });

  it("finds the queue behind an unknown dimension", async () => {
    const dimensions = { QueueName: new OutputOf("asr", "asr-queue-dev") };
    const stack = change(goodStack, "asr-age", { dimensions });
    expect(await judge(rule, stack, "first preview")).to.deep.equal({
      violations: [],
      undecided: "",
    });
    const wrong = change(goodStack, "asr-age", {
      dimensions: { QueueName: new OutputOf("asr-dlq", "asr-dlq-dev") },
    });
    expect((await onlyViolation(wrong, "first preview")).resource).to.equal("asr");
  });

  for (const [what, stack, expected] of [
    [
      "the threshold",
      change(goodStack, "asr-age", { threshold: unknown(600) }),
      /queue "asr" .*oldest-message age alarm: threshold of "asr-age" is not known yet/,
    ],
    [
      "the list of actions",
      change(goodStack, "asr-age", { alarmActions: unknown([]) }),
      /alarmActions of "asr-age" is not known yet/,
    ],
    [
      "the queue's name in the dimension",
      change(goodStack, "asr-age", { dimensions: unknown({}) }),
      /"asr-age": dimensions.QueueName is not known yet/,
    ],
    [
      "the rule of a composite alarm that refers to the alarm",
      [...silenced, composite(new OutputOf("files-age", "ALARM(files-age)"))],
      /alarmRule of composite alarm "composite", which refers to it, is not known yet/,
    ],
  ] as const) {
    it(`says so when ${what} is unknown`, async () => {
      const { violations, undecided } = await judge(rule, [...stack], "first preview");
      expect(violations).to.have.length(0);
      expect(undecided).to.match(expected);
    });
  }
});
