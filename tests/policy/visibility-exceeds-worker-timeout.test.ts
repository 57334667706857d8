import { expect } from "chai";
import { fleetTags as contract } from "../../contracts/machine";
import { fleetTags as defaults } from "../../policy/fleet-tags";
import { visibilityExceedsWorkerTimeout as rule } from "../../policy/rules/visibility-exceeds-worker-timeout";
import type { Moment } from "./declared-stack";
import { change, OutputOf, without } from "./declared-stack";
import { goodStack } from "./good-stack";
import { brokenRules, judge } from "./judge";

const moments: Moment[] = ["first preview", "deployed"];
const unknown = (value: unknown) => new OutputOf("alerts", value);
const tagsOfFleet = (consumes: unknown, timeout: unknown) => ({
  tags: [
    { key: contract.consumes, value: consumes },
    ...(timeout === undefined ? [] : [{ key: contract.jobTimeoutSeconds, value: timeout }]),
  ],
});

describe("visibility-exceeds-worker-timeout", () => {
  for (const moment of moments) {
    describe(`at ${moment}`, () => {
      for (const seconds of [840, 120]) {
        it(`reports a queue whose visibility timeout of ${seconds} s is not above its fleet's 840 s`, async () => {
          const stack = change(goodStack, "files", { visibilityTimeoutSeconds: seconds });
          const { violations } = await judge(rule, stack, moment);
          expect(violations.map(({ resource }) => resource)).to.deep.equal(["files"]);
          expect(violations[0]?.message).to.match(
            new RegExp(`"files" \\(file-queue-dev\\) .* ${seconds} s.*"fleet" .* 840 s.*above 840`),
          );
        });
      }

      it("reports a queue that redelivers a message while its function still works on it", async () => {
        const stack = change(goodStack, "asr-worker", { timeout: 900 });
        const { violations } = await judge(rule, stack, moment);
        expect(violations.map(({ resource }) => resource)).to.deep.equal(["asr"]);
        expect(violations[0]?.message).to.match(/360 s.*"asr-worker".*"asr-mapping".*900 s/);
      });

      it("knows the defaults of SQS (30 s) and Lambda (3 s)", async () => {
        const queueDefault = change(goodStack, "asr", { visibilityTimeoutSeconds: undefined });
        expect((await judge(rule, queueDefault, moment)).violations[0]?.message).to.match(/30 s/);
        const bothDefault = change(queueDefault, "asr-worker", { timeout: undefined });
        expect((await judge(rule, bothDefault, moment)).violations).to.have.length(0);
      });

      it("is the only rule that reports a visibility timeout below the worker's timeout", async () => {
        const stack = change(goodStack, "files", { visibilityTimeoutSeconds: 600 });
        expect(await brokenRules(stack, moment)).to.deep.equal([rule.name]);
      });

      it("reports a fleet that states its queue but not its job timeout", async () => {
        for (const [timeout, shown] of [
          [undefined, "missing"],
          ["14 minutes", "14 minutes"],
        ] as const) {
          const stack = change(goodStack, "fleet", tagsOfFleet("file-queue-dev", timeout));
          const { violations } = await judge(rule, stack, moment);
          expect(violations.map(({ resource }) => resource)).to.deep.equal(["fleet"]);
          expect(violations[0]?.message).to.match(
            new RegExp(`queuefleet:job-timeout-seconds is ${shown}`),
          );
        }
      });
    });
  }

  it("follows a mapping to its function by name, partial ARN and ARN", async () => {
    for (const functionName of [
      "asr-worker-dev",
      "asr-worker-dev:live",
      "123456789012:function:asr-worker-dev",
      "arn:aws:lambda:ap-northeast-1:123456789012:function:asr-worker-dev",
    ]) {
      const stack = change(change(goodStack, "asr-mapping", { functionName }), "asr-worker", {
        timeout: 400,
      });
      expect((await judge(rule, stack, "first preview")).violations, functionName).to.have.length(
        1,
      );
    }
  });

  it("judges a mapping to an alias whose ARN is unknown, with the ARN of its queue plain or unknown", async () => {
    const alias = new OutputOf("asr-live", "x");
    const plain = "arn:aws:sqs:ap-northeast-1:123456789012:asr-queue-dev";
    for (const eventSourceArn of [plain, new OutputOf("asr", plain)]) {
      const mapped = change(goodStack, "asr-mapping", { eventSourceArn, functionName: alias });
      for (const functionName of ["asr-worker-dev", new OutputOf("asr-worker", "x")]) {
        const stack = change(mapped, "asr-live", { functionName });
        expect(await judge(rule, stack, "first preview")).to.deep.equal({
          violations: [],
          undecided: "",
        });
        const slow = change(stack, "asr-worker", { timeout: 400 });
        const { violations } = await judge(rule, slow, "first preview");
        expect(violations.map(({ resource }) => resource)).to.deep.equal(["asr"]);
      }
    }
  });

  it("ignores other types, groups without the tags and mappings from streams", async () => {
    const others = goodStack.filter(
      ({ type }) => !type.includes("eventSourceMapping") && !type.includes("autoscaling"),
    );
    expect(await judge(rule, others)).to.deep.equal({ violations: [], undecided: "" });
    const stream = change(goodStack, "asr-mapping", {
      eventSourceArn: "arn:aws:kinesis:ap-northeast-1:123456789012:stream/s",
      functionName: "unknown-function",
    });
    const stack = change(stream, "fleet", { tags: [{ key: "Name", value: "web" }] });
    expect(await judge(rule, stack)).to.deep.equal({ violations: [], undecided: "" });
  });

  for (const [what, stack, expected] of [
    [
      "the visibility timeout",
      change(goodStack, "files", { visibilityTimeoutSeconds: unknown(900) }),
      /fleet "fleet": visibilityTimeoutSeconds of queue "files" .* not known yet/,
    ],
    [
      "the function's timeout",
      change(goodStack, "asr-worker", { timeout: unknown(60) }),
      /"asr-mapping": timeout of function "asr-worker" is not known yet/,
    ],
    [
      "the function",
      change(goodStack, "asr-mapping", { functionName: unknown("x") }),
      /"asr-mapping": functionName is not known yet/,
    ],
    [
      "the mapping's queue",
      change(goodStack, "asr-mapping", { eventSourceArn: unknown("x") }),
      /"asr-mapping": eventSourceArn is not known yet/,
    ],
    [
      "the fleet's tags",
      change(goodStack, "fleet", { tags: unknown([]) }),
      /fleet "fleet": tags is not known yet/,
    ],
    [
      "the fleet's job timeout",
      change(goodStack, "fleet", tagsOfFleet("file-queue-dev", unknown("840"))),
      /fleet "fleet": its tag queuefleet:job-timeout-seconds is not known yet/,
    ],
  ] as const) {
    it(`says so when ${what} is unknown`, async () => {
      const { violations, undecided } = await judge(rule, stack, "first preview");
      expect(violations).to.have.length(0);
      expect(undecided).to.match(expected);
    });
  }

  it("says so when queue or function are not in the stack", async () => {
    const fleet = change(goodStack, "fleet", tagsOfFleet("other-queue", "840"));
    expect((await judge(rule, fleet)).undecided).to.match(/other-queue is not in this stack/);
    expect((await judge(rule, without(goodStack, "asr-worker"))).undecided).to.match(
      /function:asr-worker-dev:live is not in this stack/,
    );
  });

  it("follows a tag made of the queue's name to the queue", async () => {
    const tags = tagsOfFleet(new OutputOf("asr", "asr-queue-dev"), "840");
    const { violations } = await judge(rule, change(goodStack, "fleet", tags), "first preview");
    expect(violations.map(({ resource }) => resource)).to.deep.equal(["asr"]);
  });

  it("reads the tags of the contract, or others that the configuration names", async () => {
    expect(defaults).to.deep.equal({
      consumesTag: contract.consumes,
      jobTimeoutTag: contract.jobTimeoutSeconds,
    });
    const stack = change(goodStack, "fleet", {
      tags: [
        { key: "team:queue", value: "file-queue-dev" },
        { key: "team:seconds", value: "1000" },
      ],
    });
    expect((await judge(rule, stack)).violations).to.deep.equal([]);
    const config = { consumesTag: "team:queue", jobTimeoutTag: "team:seconds" };
    const { violations } = await judge(rule, stack, "deployed", config);
    expect(violations.map(({ resource }) => resource)).to.deep.equal(["files"]);
  });
});
