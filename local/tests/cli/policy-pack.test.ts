import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetQueueAttributesCommand, GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { policyPack } from "../support/fixtures";
import { trials } from "../support/trial";

describe("pulumi-local with a policy pack", function () {
  this.timeout(120_000);
  const trial = trials();

  it("refuses a mandatory policy violation before anything changes, and shows advisory ones", async () => {
    const { account, json, setConfig } = await trial();
    setConfig(["two-queues:visibilityTimeoutSeconds: 90", "two-queues:withDeadLetters: false"]);
    const up = await json("up", "--yes", "--policy-pack", policyPack("queue-rules"));
    expect(up).to.deep.include({ ok: false, code: 1 });
    expect(up.policyViolations.map(({ rule, enforcement }) => [rule, enforcement])).to.deep.equal([
      ["timeout-limit", "mandatory"],
      ["queue-has-dlq", "advisory"],
    ]);
    const queues = new SQSClient(account.clientConfig());
    const found = await queues.send(new GetQueueUrlCommand({ QueueName: "jobs" })).then(
      () => "created",
      () => "absent",
    );
    expect(found).to.equal("absent");
  });

  it("configures policies from a file, and runs the pack on update too", async () => {
    const { program, run, json, setConfig } = await trial();
    setConfig(["two-queues:visibilityTimeoutSeconds: 90"]);
    writeFileSync(
      join(program.folder, "policies.json"),
      JSON.stringify({
        "timeout-limit": { maximum: 120 },
        "reads-what-may-be-unknown": "disabled",
      }),
    );
    const flags = ["--policy-pack", policyPack("queue-rules"), "--policy-pack-config"];
    const up = await json("up", "--yes", ...flags, "policies.json");
    expect(up).to.deep.include({ ok: true, code: 0, policyViolations: [] });

    writeFileSync(
      join(program.folder, "policies.json"),
      JSON.stringify({ "timeout-limit": { maximum: 0 }, typo: "advisory" }),
    );
    const wrong = await run("preview", ...flags, "policies.json");
    expect(wrong.code).not.to.equal(0);
    expect(wrong.stdout + wrong.stderr)
      .to.match(/timeout-limit\.maximum/)
      .and.match(/typo: the pack has no such rule/);
  });

  it("corrects inputs with a remediation policy", async () => {
    const { account, program, json } = await trial();
    writeFileSync(join(program.folder, "policies.json"), '{ "long-poll": "remediate" }');
    const flags = ["--policy-pack", policyPack("queue-rules"), "--policy-pack-config"];
    const up = await json("up", "--yes", "--skip-preview", ...flags, "policies.json");
    const repaired = up.policyViolations.filter(({ enforcement }) => enforcement === "remediate");
    expect(repaired.map(({ rule }) => rule)).to.deep.equal(["long-poll", "long-poll"]);
    const queues = new SQSClient(account.clientConfig());
    const { QueueUrl } = await queues.send(new GetQueueUrlCommand({ QueueName: "jobs" }));
    const { Attributes } = await queues.send(
      new GetQueueAttributesCommand({
        QueueUrl,
        AttributeNames: ["ReceiveMessageWaitTimeSeconds"],
      }),
    );
    expect(Attributes?.ReceiveMessageWaitTimeSeconds).to.equal("20");
  });

  it("downgrades a rule that meets an unknown value to a note, as the real engine does", async () => {
    const { json } = await trial();
    const { policyViolations, code } = await json(
      ...["preview", "--policy-pack", policyPack("queue-rules")],
    );
    expect(code).to.equal(0);
    expect(policyViolations.map(({ rule, enforcement }) => [rule, enforcement])).to.deep.equal([
      ["reads-what-may-be-unknown", "advisory"],
    ]);
    expect(policyViolations[0]?.message).to.include("can't be known during preview");
  });
});
