import { expect } from "chai";
import { bucketNotifiesQueueOnce as rule } from "../../policy/rules/bucket-notifies-queue-once";
import type { DeclaredStack, Moment } from "./declared-stack";
import { change, OutputOf } from "./declared-stack";
import { goodStack, queueArn } from "./good-stack";
import { brokenRules, judge } from "./judge";

const files = queueArn("files", "file-queue-dev");
const asr = queueArn("asr", "asr-queue-dev");
const home = "ap-northeast-1:123456789012";
const fan = new OutputOf("fan", `arn:aws:sns:${home}:fan`);
const created = { events: ["s3:ObjectCreated:*"] };

const topic = {
  type: "aws:sns/topic:Topic",
  name: "fan",
  inputs: { name: "fan" },
  outputs: { arn: fan.value },
};
const subscription = (endpoint: unknown, more: object = {}, name = "told") => ({
  type: "aws:sns/topicSubscription:TopicSubscription",
  name,
  inputs: { topic: fan, protocol: "sqs", endpoint, ...more },
});
const eventRule = (pattern: object) => ({
  type: "aws:cloudwatch/eventRule:EventRule",
  name: "uploaded",
  inputs: { name: "uploaded", eventPattern: JSON.stringify(pattern) },
  outputs: { arn: `arn:aws:events:${home}:rule/uploaded` },
});
const target = (arn: unknown) => ({
  type: "aws:cloudwatch/eventTarget:EventTarget",
  name: "to-queue",
  inputs: { rule: new OutputOf("uploaded", "uploaded"), arn },
});
const notify = (inputs: object, ...more: DeclaredStack): DeclaredStack => [
  ...change(goodStack, "uploads-notification", { queues: undefined, ...inputs }),
  topic,
  ...more,
];
const uploads = { source: ["aws.s3"], "detail-type": ["Object Created"] };
const inBucket = (...name: string[]) => ({ ...uploads, detail: { bucket: { name } } });

describe("the ways from a bucket to a queue", () => {
  for (const moment of ["first preview", "deployed"] as Moment[]) {
    describe(`at ${moment}`, () => {
      for (const [way, stack, expected] of [
        [
          "directly and through a topic",
          notify(
            { queues: [{ queueArn: files, ...created }], topics: [{ topicArn: fan, ...created }] },
            subscription(files),
            subscription(asr, {}, "other"),
          ),
          /queues\[0\] and topics\[0\] through subscription "told" .* both match s3:ObjectCreated:\*/,
        ],
        [
          "through two subscriptions of a topic",
          notify(
            { topics: [{ topicArn: fan, ...created }] },
            subscription(files),
            subscription(files, {}, "again"),
          ),
          /topics\[0\] through subscription "told" and topics\[0\] through subscription "again"/,
        ],
        [
          "directly and through EventBridge",
          notify(
            { queues: [{ queueArn: files, ...created }], eventbridge: true },
            eventRule(inBucket("uploads-dev")),
            target(files),
          ),
          /queues\[0\] and rule "uploaded" and target "to-queue"/,
        ],
        [
          "directly and through EventBridge and a topic",
          notify(
            { queues: [{ queueArn: files, ...created }], eventbridge: true },
            eventRule(uploads),
            target(fan),
            subscription(files),
          ),
          /target "to-queue" through subscription "told"/,
        ],
      ] as const) {
        it(`are refused when an upload comes ${way}`, async () => {
          const { violations } = await judge(rule, [...stack], moment);
          expect(violations.map(({ resource }) => resource)).to.deep.equal([
            "uploads-notification",
          ]);
          expect(violations[0]?.message).to.match(expected);
          expect(await brokenRules([...stack], moment)).to.deep.equal([rule.name]);
        });
      }

      for (const [what, stack] of [
        [
          "another queue is subscribed",
          notify(
            { queues: [{ queueArn: files, ...created }], topics: [{ topicArn: fan, ...created }] },
            subscription(asr),
          ),
        ],
        [
          "the events differ",
          notify(
            {
              queues: [{ queueArn: files, ...created }],
              topics: [{ topicArn: fan, events: ["s3:ObjectRemoved:*"] }],
            },
            subscription(files),
          ),
        ],
        [
          "EventBridge is not told",
          notify({ queues: [{ queueArn: files, ...created }] }, eventRule(uploads), target(files)),
        ],
        [
          "the rule is about another bucket",
          notify(
            { queues: [{ queueArn: files, ...created }], eventbridge: true },
            eventRule(inBucket("others")),
            target(files),
          ),
        ],
        [
          "the rule is about other events",
          notify(
            { queues: [{ queueArn: files, ...created }], eventbridge: true },
            eventRule({ source: ["aws.s3"], "detail-type": ["Object Deleted"] }),
            target(files),
          ),
        ],
      ] as const) {
        it(`are allowed when ${what}`, async () => {
          const { violations, undecided } = await judge(rule, [...stack], moment);
          expect(violations).to.deep.equal([]);
          expect(undecided).to.equal("");
        });
      }

      it("are undecided when a filter on the way narrows what comes", async () => {
        const { violations, undecided } = await judge(
          rule,
          notify(
            { queues: [{ queueArn: files, ...created }], topics: [{ topicArn: fan, ...created }] },
            subscription(files, { filterPolicy: '{"kind":["a"]}' }),
          ),
          moment,
        );
        expect(violations).to.deep.equal([]);
        expect(undecided).to.match(/a filter on the way narrows/);
      });
    });
  }
});
