import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import type { Engine } from "./engine";
import { needOfficialCli } from "./official-cli";
import type { TwoEngines } from "./two-engines";
import { twoEngines } from "./two-engines";

const queueUrl = (engine: Engine, name: string) =>
  `${engine.account.clientConfig().endpoint}/${engine.account.accountId}/${name}`;

/** A manual change in the console. */
async function changeByHand(
  engine: Engine,
  queue: string,
  Attributes: Record<string, string>,
): Promise<void> {
  const sqs = new SQSClient(engine.account.clientConfig());
  const QueueUrl = queueUrl(engine, queue);
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  sqs.destroy();
}

describe("both engines, through the life of a stack", function () {
  this.timeout(300_000);
  let engines: TwoEngines;

  before(async function () {
    engines = await twoEngines(
      needOfficialCli(this),
      { project: "local/tests/fixtures/life-cycle" },
      "dev",
    );
  });

  after(() => {
    delete process.env.LIFE_CYCLE_ACT;
    engines?.remove();
  });

  it("plan and create the same resources", async () => {
    await engines.same((engine) => engine.preview());
    await engines.same((engine) => engine.up());
    engines.sameState();
  });

  it("see nothing to do in what the other one deployed", async () => {
    for (const giver of ["embedded", "official"] as const) {
      const taker = await engines.handOver(giver);
      const { exitCode, report } = await taker.preview(["--expect-no-changes"]);
      expect(exitCode, report).to.equal(0);
    }
  });

  it("see no drift in a property whose changes the program ignores", async () => {
    for (const engine of [engines.embedded, engines.official]) {
      await changeByHand(engine, "ignoring", { DelaySeconds: "7" });
      const { exitCode, report } = await engine.detectDrift();
      expect(exitCode, report).to.equal(0);
    }
  });

  it("detect the same drift, and repair it in the same way", async () => {
    for (const engine of [engines.embedded, engines.official]) {
      await changeByHand(engine, "updated", { VisibilityTimeout: "77" });
      const { exitCode, report } = await engine.detectDrift();
      expect(exitCode, report).to.equal(7);
    }
    const found = await engines.same((engine) => engine.refresh());
    expect(found.changes.update).to.equal(1);
    engines.sameState();
    await engines.same((engine) => engine.up());
    engines.sameState();
  });

  it("update, replace, rename, ignore, retain and delete in the same way", async () => {
    process.env.LIFE_CYCLE_ACT = "change";
    const planned = await engines.same((engine) => engine.preview());
    expect(planned.changes).to.include.keys("update", "replace", "delete");
    await engines.same((engine) => engine.up());
    engines.sameState();
  });

  it("refuse to delete what is protected", async () => {
    await engines.same((engine) => engine.destroy(), "failure");
  });
});
