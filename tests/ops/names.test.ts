import { expect } from "chai";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { namesOf } from "../../ops/commands/names";

const arn = (name: string) => `arn:aws:sqs:ap-northeast-1:123456789012:${name}`;
const queue = (name: string): SystemOutputs["queues"][string] => ({
  name,
  arn: arn(name),
  url: `https://sqs.ap-northeast-1.amazonaws.com/123456789012/${name}`,
  deadLetter: { name: `${name}-dlq`, arn: arn(`${name}-dlq`), url: "https://example.com/dlq" },
  visibilityTimeoutSeconds: 300,
  maxReceiveCount: 3,
});
const outputs = (queues: SystemOutputs["queues"]): SystemOutputs => ({
  version: 1,
  system: "watchme",
  environment: "prod",
  region: "ap-northeast-1",
  accountId: "123456789012",
  queues,
  functions: { "asr-worker": { name: "asr", arn: arn("f"), logGroupName: "/aws/lambda/asr" } },
  fleets: {},
  pipelines: {},
  buckets: {},
  alarms: [],
  topics: { warning: arn("w"), critical: arn("c") },
});

describe("the names for a shell", () => {
  it("are those of the only queue, and only of what the system has", () => {
    const names = namesOf(outputs({ asr: queue("asr") }));
    expect(names).to.include({ QUEUE_NAME: "asr", DLQ_NAME: "asr-dlq" });
    expect(names).to.include({
      ASR_WORKER_FUNCTION: "asr",
      ASR_WORKER_LOG_GROUP: "/aws/lambda/asr",
    });
    expect(names).not.to.have.any.keys("GROUP", "DASHBOARD", "ASR_WORKER_DLQ_NAME");
  });

  it("are those of the queue that is named, if there are several", () => {
    const several = outputs({ asr: queue("asr"), sed: queue("sed") });
    expect(namesOf(several)).not.to.have.property("QUEUE_NAME");
    expect(namesOf(several, "sed")).to.include({ QUEUE_NAME: "sed" });
    expect(() => namesOf(several, "nope")).to.throw("it has asr, sed");
  });
});
