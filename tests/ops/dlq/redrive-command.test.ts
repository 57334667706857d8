import { expect } from "chai";
import type { SystemOutputs } from "../../../contracts/stack-outputs";
import { DeployedOutput } from "../deployed-output";
import { RedriveStage } from "./redrive-stage";

const reason = (StringValue: string) => ({
  deadLetterReason: { DataType: "String", StringValue },
});

describe("ops dlq redrive", function () {
  this.timeout(120_000);
  let stage: RedriveStage;
  let deployed: DeployedOutput;
  before(async () => {
    stage = await RedriveStage.create();
    deployed = new DeployedOutput(stage.queues.account);
    const orders = pair(stage);
    const gone = {
      ...orders.deadLetter,
      name: "old-jobs-dlq",
      url: `${orders.deadLetter.url}-gone`,
    };
    await deployed.deploy({
      queues: { orders, old: { ...orders, name: "old-jobs", deadLetter: gone } },
      functions: {},
    });
  });
  after(async () => {
    deployed.close();
    await stage.close();
  });
  const run = (...parameters: string[]) => deployed.ops(["dlq", "redrive", ...parameters]);

  it("shows how many there are and why, and changes nothing without --yes", async () => {
    await stage.dead([
      { body: "1", attributes: reason("API answered 500\nat line 1") },
      { body: "2", attributes: reason("API answered 500\nat line 2") },
      { body: "3" },
    ]);
    const shown = await run("dev", "shop/orders");
    expect(shown.code, shown.stderr).to.equal(2);
    expect(shown.stdout).to.include("jobs-dlq: about 3 messages").and.include("to    jobs");
    expect(shown.stdout)
      .to.match(/2 +API answered 500 /)
      .and.match(/1 +no reason: SQS moved it/);
    expect(shown.stderr).to.include("Nothing was changed").and.include("--yes");

    const dry = await run("dev", "shop/orders", "--dry-run", "--json");
    expect(dry.code).to.equal(0);
    const document = JSON.parse(dry.stdout) as { reasons: { count: number }[]; looked: number };
    expect(document).to.include({ looked: 3 });
    expect(document.reasons.map(({ count }) => count)).to.deep.equal([2, 1]);
    expect(await stage.left()).to.equal(3);
    expect(await stage.queues.count()).to.equal(0);
  });

  it("moves them, and says what changed and who did it; the queue's own name is enough", async () => {
    const moved = await run("dev", "jobs", "--yes");
    expect(moved.code, moved.stderr).to.equal(0);
    expect(moved.stdout)
      .to.match(/moved +3/)
      .and.match(/not moved +0/);
    expect(moved.stdout).to.include("3 messages moved from jobs-dlq to jobs").and.include("0 left");
    expect(moved.stdout).to.match(
      /Audit: \S+Z arn:\S+ ops dlq redrive dev shop\/orders: moved 3, not moved 0, moved but not deleted 0/,
    );
    expect(await stage.take()).to.have.length(3);
    expect(await stage.left()).to.equal(0);
  });

  it("ends with 1 when a message was not moved", async () => {
    await stage.dead([
      {
        body: "{",
        attributes: { deadLetterBodyEncoding: { DataType: "String", StringValue: "zip" } },
      },
    ]);
    const { code, stdout } = await run("dev", "jobs-dlq", "--yes", "--json");
    expect(code).to.equal(1);
    expect(JSON.parse(stdout)).to.deep.include({ moved: 0, notMoved: 1, dryRun: false });
  });

  it("says so when the queue is gone", async () => {
    const { code, stderr } = await run("dev", "shop/old", "--yes");
    expect(code).to.equal(1);
    expect(stderr).to.include("jobs-dlq-gone does not exist");
  });

  it("names the queues when it is asked for another one", async () => {
    const { code, stderr } = await run("dev", "watchme-sed-queue", "--yes");
    expect(code, stderr).to.equal(2);
    expect(stderr).to.include("shop/orders (jobs)");
    expect(await run("dev", "shop/orders", "--limit", "0")).to.include({ code: 2 });
  });
});

function pair({ queues }: RedriveStage): SystemOutputs["queues"][string] {
  const arn = (name: string) => `arn:aws:sqs:ap-northeast-1:${queues.account.accountId}:${name}`;
  return {
    name: "jobs",
    arn: arn("jobs"),
    url: queues.queueUrl,
    deadLetter: { name: "jobs-dlq", arn: arn("jobs-dlq"), url: queues.deadLetterQueueUrl },
    visibilityTimeoutSeconds: 30,
    maxReceiveCount: 3,
  };
}
