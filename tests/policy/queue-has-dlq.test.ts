import { expect } from "chai";
import { queueHasDlq } from "../../policy/rules/queue-has-dlq";
import type { DeclaredStack, Moment } from "./declared-stack";
import { change, OutputOf, without } from "./declared-stack";
import { goodStack, queueArn, queueType, redrive } from "./good-stack";
import { brokenRules, judge } from "./judge";

const moments: Moment[] = ["first preview", "deployed"];
const withoutRedrive = change(goodStack, "files", { redrivePolicy: undefined });
const elsewhere = (name: string, maxReceiveCount: unknown = 5) =>
  JSON.stringify({
    deadLetterTargetArn: `arn:aws:sqs:ap-northeast-1:123456789012:${name}`,
    maxReceiveCount,
  });

async function onlyViolation(stack: DeclaredStack, moment: Moment, config = {}) {
  const { violations } = await judge(queueHasDlq, stack, moment, config);
  expect(violations).to.have.length(1);
  return violations[0]!;
}

describe("queue-has-dlq", () => {
  for (const moment of moments) {
    describe(`at ${moment}`, () => {
      it("reports a queue without a redrive policy, and its former dead-letter queue", async () => {
        const { violations } = await judge(queueHasDlq, withoutRedrive, moment);
        expect(violations.map(({ resource }) => resource)).to.have.members(["files", "files-dlq"]);
        expect(violations.find(({ resource }) => resource === "files")?.message).to.match(
          /"files" \(file-queue-dev\) has no redrivePolicy.*Set redrivePolicy.*maxReceiveCount of 3/,
        );
      });

      it("reports a queue whose redrive policy exists only in AWS", async () => {
        const stack = withoutRedrive.map((declared) =>
          declared.name === "files"
            ? { ...declared, outputs: { redrivePolicy: elsewhere("file-dlq-dev") } }
            : declared,
        );
        const { violations } = await judge(queueHasDlq, stack, moment);
        expect(violations.map(({ resource }) => resource)).to.have.members(["files", "files-dlq"]);
      });

      for (const [what, declared] of [
        [
          "a function sends its failed events",
          {
            type: "aws:lambda/function:Function",
            inputs: {
              deadLetterConfig: { targetArn: queueArn("files-dlq", "file-dlq-dev") },
            },
          },
        ],
        [
          "a topic sends what it cannot deliver",
          {
            type: "aws:sns/topicSubscription:TopicSubscription",
            inputs: {
              redrivePolicy: JSON.stringify({
                deadLetterTargetArn: "arn:aws:sqs:ap-northeast-1:123456789012:file-dlq-dev",
              }),
            },
          },
        ],
      ] as const) {
        it(`treats a queue to which ${what} as a dead-letter queue`, async () => {
          const stack = [...withoutRedrive, { ...declared, name: "sender" }];
          expect((await onlyViolation(stack, moment)).resource).to.equal("files");
        });
      }

      it("is the only rule that reports a removed dead-letter queue", async () => {
        const gone = ["files-dlq", "files-dlq-depth"].reduce(without, withoutRedrive);
        expect(await brokenRules(gone, moment)).to.deep.equal(["queue-has-dlq"]);
      });

      it("reports a dead-letter queue that does not keep messages longer than its source", async () => {
        const stack = change(goodStack, "asr-dlq", { messageRetentionSeconds: 345_600 });
        const { message, resource } = await onlyViolation(stack, moment);
        expect(resource).to.equal("asr");
        expect(message).to.match(
          /"asr-dlq" \(asr-dlq-dev\) keeps messages 345600 s.*"asr" \(asr-queue-dev\) 345600 s/,
        );
      });

      it("allows a FIFO dead-letter queue to keep messages as long as its source, but not less", async () => {
        const kept = (seconds: number) =>
          change(goodStack, "events-dlq", { messageRetentionSeconds: seconds });
        expect((await judge(queueHasDlq, kept(345_600), moment)).violations).to.deep.equal([]);
        expect((await onlyViolation(kept(345_599), moment)).resource).to.equal("events");
      });

      it("reports a dead-letter queue that has a consumer but no dead-letter queue itself", async () => {
        const mapping = {
          type: "aws:lambda/eventSourceMapping:EventSourceMapping",
          name: "asr-dlq-mapping",
          inputs: {
            eventSourceArn: queueArn("asr-dlq", "asr-dlq-dev"),
            functionName: "asr-worker-dev",
            functionResponseTypes: ["ReportBatchItemFailures"],
            scalingConfig: { maximumConcurrency: 2 },
          },
        };
        const stack = change([...goodStack, mapping], "asr-worker", {
          reservedConcurrentExecutions: 7,
        });
        const { message, resource } = await onlyViolation(stack, moment);
        expect(resource).to.equal("asr-dlq");
        expect(message).to.match(/"asr-dlq".*no redrivePolicy itself, but function "asr-worker"/);
        expect(await brokenRules(stack, moment)).to.deep.equal([
          "queue-has-dlq",
          "visibility-exceeds-worker-timeout",
        ]);
      });

      it("reports a queue whose messages expire before they are dead-lettered", async () => {
        const stack = change(goodStack, "files", {
          redrivePolicy: elsewhere("file-dlq-dev", 384),
        });
        expect((await onlyViolation(stack, moment)).message).to.match(
          /"files".*for 345600 s .* keeps it for 345600 s/,
        );
        const fewer = change(goodStack, "files", { redrivePolicy: elsewhere("file-dlq-dev", 383) });
        expect((await judge(queueHasDlq, fewer, moment)).violations).to.deep.equal([]);
      });

      it("reports a FIFO queue with a standard dead-letter queue, also in a separate redrive policy", async () => {
        const stack = change(goodStack, "events-dlq", { fifoQueue: undefined });
        const { message, resource } = await onlyViolation(stack, moment);
        expect(resource).to.equal("events");
        expect(message).to.match(/fifoQueue is true and false.*Set fifoQueue of "events-dlq"/);
      });

      it("reports a queue that is its own dead-letter queue", async () => {
        const stack = change(goodStack, "files", {
          redrivePolicy: redrive("files", "file-queue-dev"),
        });
        const { violations } = await judge(queueHasDlq, stack, moment);
        expect(violations.find(({ resource }) => resource === "files")?.message).to.match(
          /its own dead-letter queue/,
        );
      });

      it("reports a queue when its separate redrive policy is removed", async () => {
        const { violations } = await judge(
          queueHasDlq,
          without(goodStack, "events-redrive"),
          moment,
        );
        expect(violations.map(({ resource }) => resource)).to.have.members([
          "events",
          "events-dlq",
        ]);
      });

      it("does not check a queue that the configuration exempts, by either of its names", async () => {
        const exempt = (queue: string) => ({
          exempt: [{ queue, reason: "replayed from the archive" }],
        });
        const stack = without(withoutRedrive, "files-dlq");
        for (const name of ["files", "file-queue-dev"]) {
          expect((await judge(queueHasDlq, stack, moment, exempt(name))).violations).to.have.length(
            0,
          );
        }
        expect((await judge(queueHasDlq, stack, moment, exempt("asr"))).violations).to.have.length(
          1,
        );
      });
    });
  }

  it("ignores other types", async () => {
    const stack = goodStack.filter(
      ({ type }) => type !== queueType && !type.startsWith("aws:sqs/"),
    );
    expect(await judge(queueHasDlq, stack)).to.deep.equal({ violations: [], undecided: "" });
  });

  it("decides on plain values in the first preview, and nothing is undecided", async () => {
    const stack = ["asr", "events", "events-dlq", "asr-dlq", "events-redrive"].reduce(
      without,
      change(goodStack, "files", { redrivePolicy: elsewhere("file-dlq-dev") }),
    );
    expect(await judge(queueHasDlq, stack, "first preview")).to.deep.equal({
      violations: [],
      undecided: "",
    });
    const eager = change(stack, "files", { redrivePolicy: elsewhere("file-dlq-dev", "2") });
    const { message } = await onlyViolation(eager, "first preview");
    expect(message).to.match(/maxReceiveCount 2 .*at least 3/);
  });

  it("reads the smallest maxReceiveCount from the configuration", async () => {
    const { message } = await onlyViolation(goodStack, "deployed", { minimumMaxReceiveCount: 4 });
    expect(message).to.match(/"asr" .* has maxReceiveCount 3.*at least 4/);
  });

  for (const [fault, redrivePolicy, expected] of [
    ["text that is not JSON", "{", /names no deadLetterTargetArn/],
    ["no target", `{"maxReceiveCount":5}`, /names no deadLetterTargetArn/],
    ["no count", elsewhere("file-dlq-dev", null), /maxReceiveCount missing/],
    [
      "a topic as the target",
      `{"deadLetterTargetArn":"arn:aws:sns:ap-northeast-1:123456789012:t","maxReceiveCount":5}`,
      /not the ARN of an SQS queue/,
    ],
    ["a FIFO target for a standard queue", elsewhere("other-dlq.fifo"), /standard dead-letter/],
  ] as const) {
    it(`reports a redrive policy with ${fault}`, async () => {
      const { violations } = await judge(
        queueHasDlq,
        change(goodStack, "files", { redrivePolicy }),
      );
      const messages = violations.filter(({ resource }) => resource === "files");
      expect(messages.map(({ message }) => message).join("\n")).to.match(expected);
    });
  }

  it("says that it cannot judge the retention of a dead-letter queue outside the stack", async () => {
    const stack = without(
      change(goodStack, "files", { redrivePolicy: elsewhere("shared-dlq") }),
      "files-dlq",
    );
    const { violations, undecided } = await judge(queueHasDlq, stack);
    expect(violations).to.have.length(0);
    expect(undecided).to.match(/shared-dlq.*"files".*not in this stack/);
  });

  it("says what is unknown when a redrive policy may name any of several queues", async () => {
    const either = new OutputOf(["files-dlq", "asr-dlq"], elsewhere("file-dlq-dev"));
    const stack = change(goodStack, "files", { redrivePolicy: either });
    const { violations, undecided } = await judge(queueHasDlq, stack, "first preview");
    expect(violations).to.have.length(0);
    expect(undecided).to.match(
      /dead-letter queue of queue "files".*may be any of "files-dlq", "asr-dlq"/,
    );
    expect(undecided).to.match(/whether queue "files-dlq" .* is one itself/);
  });

  it("says which values of a pair are unknown, and checks the rest", async () => {
    const unknown = (value: unknown) => new OutputOf("alerts", value);
    const stack = change(change(goodStack, "asr-dlq", { fifoQueue: unknown(false) }), "files-dlq", {
      messageRetentionSeconds: unknown(1_209_600),
    });
    const { undecided } = await judge(
      queueHasDlq,
      change(stack, "events-dlq", { messageRetentionSeconds: 60 }),
      "first preview",
    );
    expect(undecided).to.match(/"asr".*both FIFO or both standard/);
    expect(undecided).to.match(/whether "files-dlq" .*keeps messages longer/);
    const { resource } = await onlyViolation(
      change(stack, "events-dlq", { messageRetentionSeconds: 60 }),
      "first preview",
    );
    expect(resource).to.equal("events");
  });

  it("says so when the queue of a separate redrive policy is unknown", async () => {
    const stack = change(goodStack, "events-redrive", {
      queueUrl: new OutputOf("alerts", "https://x"),
    });
    const { undecided } = await judge(queueHasDlq, stack, "first preview");
    expect(undecided).to.match(/which queue "events-redrive" belongs to/);
  });

  it("finds the dead-letter queue by the region in the ARN when two regions share a name", async () => {
    const tokyo = change(goodStack, "files-dlq", { region: "ap-northeast-1" });
    const stack = [
      {
        type: queueType,
        name: "sydney-dlq",
        inputs: { name: "file-dlq-dev", region: "ap-southeast-2" },
      },
      ...change(tokyo, "files", { redrivePolicy: elsewhere("file-dlq-dev") }),
    ];
    const { resource } = await onlyViolation(stack, "first preview");
    expect(resource).to.equal("sydney-dlq");
  });

  it("treats a queue as a dead-letter queue only if a redrive policy names it", async () => {
    const stack = [
      ...goodStack,
      { type: queueType, name: "old-dlq", inputs: { name: "old-dlq-dev" } },
      {
        type: "aws:sns/topicSubscription:TopicSubscription",
        name: "s",
        inputs: { endpoint: queueArn("old-dlq", "old-dlq-dev") },
      },
    ];
    expect((await onlyViolation(stack, "first preview")).resource).to.equal("old-dlq");
  });
});
