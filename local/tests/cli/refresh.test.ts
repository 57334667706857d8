import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetQueueUrlCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { trials } from "../support/trial";

describe("pulumi-local refresh", function () {
  this.timeout(120_000);
  const trial = trials();

  it("detects a manual change, exits with code 7, and repairs it", async () => {
    const { account, run, json, deploy, stateFile } = await trial();
    await deploy();
    const queues = new SQSClient(account.clientConfig());
    const { QueueUrl } = await queues.send(new GetQueueUrlCommand({ QueueName: "jobs" }));
    await queues.send(
      new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: "77" } }),
    );
    const drift = await run("refresh", "--preview-only", "--expect-no-changes");
    expect(drift.code, drift.stderr).to.equal(7);
    expect(drift.stdout).to.include("~ visibilityTimeoutSeconds: 30 => 77");
    expect(stateFile()).not.to.include('"visibilityTimeoutSeconds":77');

    const planned = await json("preview", "--refresh", "--expect-no-changes");
    expect(planned).to.deep.include({ code: 7, changeSummary: { same: 3, update: 1 } });
    expect(stateFile()).not.to.include('"visibilityTimeoutSeconds":77');

    const repair = await json("up", "--yes", "--refresh");
    expect(repair).to.deep.include({ code: 0, changeSummary: { same: 3, update: 1 } });
    const after = await run("refresh", "--preview-only", "--expect-no-changes");
    expect(after.stdout).to.include("No changes: the cloud is as the state says.");
  });

  it("warns of pending creates of an interrupted run until --clear-pending-creates removes them", async () => {
    const { home, run, deploy, stateFile } = await trial();
    await deploy();
    const exported = JSON.parse((await run("stack", "export")).stdout) as {
      deployment: { resources: unknown[]; pending_operations?: unknown[] };
    };
    exported.deployment.pending_operations = [
      { type: "creating", resource: exported.deployment.resources.at(-1) },
    ];
    const file = join(home, "interrupted.json");
    writeFileSync(file, JSON.stringify(exported));
    await run("stack", "import", "--file", file);
    const warned = await run("refresh", "--yes", "--skip-preview");
    expect(warned.stdout).to.match(/interrupted while creating[^]*refresh --clear-pending-creates/);
    const forgot = await run("refresh", "--yes", "--clear-pending-creates");
    expect(forgot.code).to.equal(0);
    expect(stateFile()).not.to.include("pending_operations");
    expect((await run("up", "--yes", "--skip-preview")).stdout).not.to.include("interrupted while");
  });
});
