import { expect } from "chai";
import { bucketNotifiesQueueOnce as rule } from "../../policy/rules/bucket-notifies-queue-once";
import type { Moment } from "./declared-stack";
import { change, OutputOf } from "./declared-stack";
import { goodStack, queueArn } from "./good-stack";
import { brokenRules, judge } from "./judge";

const moments: Moment[] = ["first preview", "deployed"];
const files = queueArn("files", "file-queue-dev");
const asr = queueArn("asr", "asr-queue-dev");
const plainArn = "arn:aws:sqs:ap-northeast-1:123456789012:file-queue-dev";
const unknown = (value: unknown) => new OutputOf("alerts", value);
const notify = (...queues: object[]) => change(goodStack, "uploads-notification", { queues });
const second = (bucket: unknown) => ({
  type: "aws:s3/bucketNotification:BucketNotification",
  name: "second",
  inputs: { bucket, queues: [] },
});
const created = { events: ["s3:ObjectCreated:*"] };

describe("bucket-notifies-queue-once", () => {
  for (const moment of moments) {
    describe(`at ${moment}`, () => {
      it("reports a second notification resource of a bucket, by name or by reference", async () => {
        for (const bucket of ["uploads-dev", new OutputOf("uploads", "uploads-dev")]) {
          const { violations } = await judge(rule, [...goodStack, second(bucket)], moment);
          expect(violations.map(({ resource }) => resource)).to.deep.equal(["second"]);
          expect(violations[0]?.message).to.match(
            /"uploads" \(uploads-dev\).*"uploads-notification" and "second".*Put all/,
          );
        }
      });

      it("is the only rule that reports a second notification or an overlap", async () => {
        const twice = [...goodStack, second("uploads-dev")];
        expect(await brokenRules(twice, moment)).to.deep.equal([rule.name]);
        const overlap = notify({ queueArn: files, ...created }, { queueArn: files, ...created });
        expect(await brokenRules(overlap, moment)).to.deep.equal([rule.name]);
      });

      it("recognises a bucket outside the stack by its name", async () => {
        const stack = [...goodStack, second("theirs"), { ...second("theirs"), name: "third" }];
        const { violations } = await judge(rule, stack, moment);
        expect(violations.map(({ resource }) => resource)).to.deep.equal(["third"]);
      });

      it("reports a second notification resource if both only call functions", async () => {
        const lambdaFunctions = [
          { lambdaFunctionArn: new OutputOf("asr-live", "arn"), ...created },
        ];
        const first = change(goodStack, "uploads-notification", {
          queues: undefined,
          lambdaFunctions,
        });
        expect((await judge(rule, first, moment)).violations).to.deep.equal([]);
        const again = {
          ...second("uploads-dev"),
          inputs: { bucket: "uploads-dev", lambdaFunctions },
        };
        const { violations } = await judge(rule, [...first, again], moment);
        expect(violations.map(({ resource }) => resource)).to.deep.equal(["second"]);
      });

      it("treats BucketV2 of provider v6 as a bucket", async () => {
        const v6 = goodStack.map((declared) =>
          declared.name === "uploads"
            ? { ...declared, type: "aws:s3/bucketV2:BucketV2" }
            : declared,
        );
        expect(
          (await judge(rule, [...v6, second("uploads-dev")], moment)).violations,
        ).to.have.length(1);
      });

      for (const [what, one, other, overlaps] of [
        ["all events and one of them", {}, { events: ["s3:ObjectCreated:Put"] }, true],
        ["different events", {}, { events: ["s3:ObjectRemoved:*"] }, false],
        ["a prefix inside the other", { filterPrefix: "a/" }, { filterPrefix: "a/b/" }, true],
        ["different prefixes", { filterPrefix: "a/" }, { filterPrefix: "b/" }, false],
        ["a suffix and none", { filterSuffix: ".pdf" }, {}, true],
        ["different suffixes", { filterSuffix: ".pdf" }, { filterSuffix: ".txt" }, false],
        ["a prefix and a suffix", { filterPrefix: "a/" }, { filterSuffix: ".txt" }, true],
      ] as const) {
        it(`${overlaps ? "reports" : "passes"} two configurations with ${what}`, async () => {
          const stack = notify(
            { queueArn: plainArn, ...created, ...one },
            { queueArn: plainArn, ...created, ...other },
          );
          const { violations, undecided } = await judge(rule, stack, moment);
          expect(violations).to.have.length(overlaps ? 1 : 0);
          expect(undecided).to.equal("");
        });
      }
    });
  }

  it("names the event and key that both configurations match", async () => {
    const stack = notify(
      { queueArn: files, ...created, filterPrefix: "in/" },
      { queueArn: files, events: ["s3:ObjectCreated:Put"], filterSuffix: ".pdf" },
    );
    const { violations } = await judge(rule, stack);
    expect(violations[0]?.message).to.match(
      /queues\[0\] and queues\[1\] of notification "uploads-notification" both match s3:ObjectCreated:\S+ on in\/\*\.pdf/,
    );
  });

  it("passes overlapping configurations of two queues", async () => {
    const stack = notify({ queueArn: files, ...created }, { queueArn: asr, ...created });
    expect((await judge(rule, stack)).violations).to.have.length(0);
  });

  it("passes two buckets with one notification resource each", async () => {
    const stack = [
      ...goodStack,
      { type: "aws:s3/bucket:Bucket", name: "scripts", inputs: { bucket: "scripts-dev" } },
      second(new OutputOf("scripts", "scripts-dev")),
    ];
    for (const moment of moments) {
      expect((await judge(rule, stack, moment)).violations).to.have.length(0);
    }
  });

  it("ignores other types", async () => {
    const stack = goodStack.filter(({ type }) => !type.includes("bucketNotification"));
    expect(await judge(rule, stack)).to.deep.equal({ violations: [], undecided: "" });
  });

  for (const [what, stack, expected] of [
    [
      "the bucket",
      [...goodStack, second(unknown("uploads-dev"))],
      /which bucket notification "second" configures: bucket is not known yet/,
    ],
    [
      "the list of queues",
      change(goodStack, "uploads-notification", { queues: unknown([]) }),
      /"uploads-notification" notifies a queue twice: queues is not known yet/,
    ],
    [
      "a filter",
      notify(
        { queueArn: plainArn, ...created },
        { queueArn: plainArn, ...created, filterPrefix: unknown("a/") },
      ),
      /queues\[0\] and queues\[1\] of .* overlap: a filter is not known yet/,
    ],
    [
      "which of several queues is meant",
      notify({ queueArn: files, ...created }, { queueArn: asr, ...created }),
      /queues\[0\] and queues\[1\] of .* name one queue: an ARN is not known yet/,
    ],
  ] as const) {
    it(`says so when ${what} is unknown`, async () => {
      const { violations, undecided } = await judge(rule, [...stack], "first preview");
      expect(violations).to.have.length(0);
      expect(undecided).to.match(expected);
    });
  }
});
