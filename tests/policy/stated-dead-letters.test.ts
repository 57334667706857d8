import { expect } from "chai";
import { depthAlarmIsExact } from "../../policy/rules/depth-alarm-is-exact";
import { queueHasAlarms } from "../../policy/rules/queue-has-alarms";
import { queueHasDlq } from "../../policy/rules/queue-has-dlq";
import type { Declared, DeclaredStack, Moment } from "./declared-stack";
import { change, OutputOf } from "./declared-stack";
import { goodStack, queueType } from "./good-stack";
import { brokenRules, judge } from "./judge";

const arn = "arn:aws:sqs:ap-northeast-1:123456789012:parked";
const parked = new OutputOf("parked", arn);
const queue = (more: object = {}): Declared => ({
  type: queueType,
  name: "parked",
  inputs: { name: "parked", messageRetentionSeconds: 1_209_600, ...more },
  outputs: { arn },
});
const depth = (inputs: object = {}): Declared => {
  const [alarm] = goodStack.filter(({ name }) => name === "files-dlq-depth");
  if (alarm === undefined) throw new Error("the good stack has no such alarm");
  return {
    ...alarm,
    name: "parked-depth",
    inputs: {
      ...alarm.inputs,
      name: "parked-depth",
      dimensions: { QueueName: "parked" },
      ...inputs,
    },
  };
};
const by = (type: string, inputs: Record<string, unknown>): Declared => ({
  type,
  name: "sender",
  inputs,
});

const statements: [string, Declared[]][] = [
  [
    "a redrive-allow policy of its own",
    [
      queue({
        redriveAllowPolicy: JSON.stringify({
          redrivePermission: "byQueue",
          sourceQueueArns: ["arn:aws:sqs:ap-northeast-1:123456789012:elsewhere"],
        }),
      }),
    ],
  ],
  [
    "a separate redrive-allow policy",
    [
      queue(),
      by("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", {
        queueUrl: new OutputOf("parked", "https://sqs.ap-northeast-1.amazonaws.com/1/parked"),
        redriveAllowPolicy: JSON.stringify({ redrivePermission: "allowAll" }),
      }),
    ],
  ],
  [
    "an EventBridge target",
    [queue(), by("aws:cloudwatch/eventTarget:EventTarget", { deadLetterConfig: { arn: parked } })],
  ],
  [
    "a schedule",
    [
      queue(),
      by("aws:scheduler/schedule:Schedule", { target: { deadLetterConfig: { arn: parked } } }),
    ],
  ],
  [
    "a mapping from a stream",
    [
      queue(),
      by("aws:lambda/eventSourceMapping:EventSourceMapping", {
        eventSourceArn: "arn:aws:kinesis:ap-northeast-1:123456789012:stream/s",
        functionName: "f",
        destinationConfig: { onFailure: { destinationArn: parked } },
      }),
    ],
  ],
  [
    "a pipe",
    [
      queue(),
      by("aws:pipes/pipe:Pipe", {
        sourceParameters: { kinesisStreamParameters: { deadLetterConfig: { arn: parked } } },
      }),
    ],
  ],
];

describe("a dead-letter queue that something else than a redrive policy states", () => {
  for (const moment of ["first preview", "deployed"] as Moment[]) {
    for (const [what, declared] of statements) {
      it(`is one by ${what}, at ${moment}: it needs a depth alarm, and no dead-letter queue`, async () => {
        const stack: DeclaredStack = [...goodStack, ...declared];
        expect(await brokenRules([...stack, depth()], moment)).to.deep.equal([]);
        const { violations } = await judge(queueHasAlarms, stack, moment);
        expect(violations.map(({ message }) => message).join()).to.match(
          /dead-letter queue "parked" has no depth alarm/,
        );
      });
    }

    it(`is none by a redrive-allow policy that denies all, at ${moment}`, async () => {
      const denying = queue({ redriveAllowPolicy: '{"redrivePermission":"denyAll"}' });
      const { violations } = await judge(queueHasDlq, [...goodStack, denying], moment);
      expect(violations.map(({ resource }) => resource)).to.deep.equal(["parked"]);
    });

    it(`gets advice on an alarm that fires earlier or later, at ${moment}`, async () => {
      for (const [statistic, effect] of [
        ["Sum", /fires earlier/],
        ["Average", /fires later/],
      ] as const) {
        const stack = change(goodStack, "asr-dlq-depth", { statistic });
        expect((await judge(queueHasAlarms, stack, moment)).violations).to.deep.equal([]);
        const { violations } = await judge(depthAlarmIsExact, stack, moment);
        expect(violations[0]?.message).to.match(effect);
      }
      expect((await judge(depthAlarmIsExact, goodStack, moment)).violations).to.deep.equal([]);
    });

    it(`is one violation with the fix when its ARN is an Output inside JSON.stringify, at ${moment}`, async () => {
      const text =
        "Calling [toJSON] on an [Output<T>] is not supported.\n\nTo get the value of an Output as a JSON value or JSON string consider either:\n    1: o.apply(v => v.toJSON())";
      const stack = change(goodStack, "asr", {
        redrivePolicy: JSON.stringify({ deadLetterTargetArn: text, maxReceiveCount: 3 }),
      });
      const { violations } = await judge(queueHasDlq, stack, moment);
      expect(violations.map(({ resource }) => resource)).to.deep.equal(["asr"]);
      expect(violations[0]?.message)
        .to.include("Use pulumi.jsonStringify")
        .and.not.include("Calling [toJSON]");
      expect((await judge(queueHasAlarms, stack, moment)).violations).to.deep.equal([]);
    });
  }
});
