import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { embeddedCloud, type TestAccount } from "../../../tests/support/cloud";
import { needOfficialCli } from "./official-cli";
import { policyPack, type Program } from "./project";
import type { TwoEngines } from "./two-engines";
import { twoEngines } from "./two-engines";

const judged = ["--policy-pack", policyPack];

interface System extends Program {
  region: string;
  /** A queue that somebody changes by hand. */
  queueName: string;
  /** Rules that report something, and do not refuse it. */
  advisory: string[];
}

const systems: Record<string, System> = {
  "file-search": {
    project: "systems/file-search",
    // Bucket names are unique among all accounts.
    config: (accountId) => ({ "file-search:bucketSuffix": `-${accountId}` }),
    region: "ap-northeast-1",
    queueName: "file-processing-queue-dev",
    advisory: [],
  },
  watchme: {
    project: "systems/watchme",
    config: (accountId) => ({ "watchme:bucketSuffix": `-${accountId}` }),
    // A version of a function that cannot reach its database gets no traffic.
    prepare: storeDatabaseUrl,
    region: "ap-southeast-2",
    queueName: "watchme-asr-queue-dev",
    // The requirements name 300 s for functions of 60 s; AWS's advice is 360 s.
    advisory: Array.from({ length: 3 }, () => "visibility-leaves-room-for-retries"),
  },
};

async function storeDatabaseUrl(account: TestAccount): Promise<void> {
  const { databaseUrl } = await embeddedCloud();
  const ssm = new SSMClient(account.clientConfig("ap-southeast-2"));
  await ssm.send(
    new PutParameterCommand({
      Name: "/watchme/dev/database-url",
      Value: databaseUrl,
      Type: "SecureString",
    }),
  );
  ssm.destroy();
}

for (const [name, system] of Object.entries(systems)) {
  describe(`both engines, on ${name}`, function () {
    this.timeout(600_000);
    let engines: TwoEngines;

    before(async function () {
      engines = await twoEngines(needOfficialCli(this), system, "dev");
    });

    after(() => engines?.remove());

    it("plan the same resources and pass the same policies in the first preview", async () => {
      const { violations } = await engines.same((engine) => engine.preview(judged));
      expect(violations.map(({ rule }) => rule)).to.deep.equal(system.advisory);
    });

    it("create the same resources and leave the same state", async () => {
      await engines.same((engine) => engine.up(judged));
      engines.sameState();
    });

    it("find nothing to do afterwards, and no drift", async () => {
      const again = await engines.same((engine) =>
        engine.preview([...judged, "--expect-no-changes"]),
      );
      expect(again.violations.map(({ rule }) => rule)).to.deep.equal(system.advisory);
      const refreshed = await engines.same((engine) => engine.refresh(["--expect-no-changes"]));
      expect(Object.keys(refreshed.changes)).to.deep.equal(["same"]);
      engines.sameState();
    });

    it("read each other's state and see nothing to do", async () => {
      for (const giver of ["embedded", "official"] as const) {
        const taker = await engines.handOver(giver);
        const { exitCode, report } = await taker.preview(["--expect-no-changes"]);
        expect(exitCode, report).to.equal(0);
      }
    });

    it("find the same drift after a manual change", async () => {
      for (const { account } of [engines.embedded, engines.official]) {
        await changeByHand(account, system);
      }
      const found = await engines.same((engine) => engine.detectDrift(), "failure");
      const changed = found.steps.filter(({ op }) => op === "update");
      expect(changed.map(({ detailedDiff }) => Object.keys(detailedDiff ?? {}))).to.deep.equal([
        ["visibilityTimeoutSeconds"],
      ]);
    });
  });
}

async function changeByHand(account: TestAccount, { region, queueName }: System): Promise<void> {
  const sqs = new SQSClient(account.clientConfig(region));
  const { endpoint } = account.clientConfig();
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: `${endpoint}/${account.accountId}/${queueName}`,
      Attributes: { VisibilityTimeout: "6000" },
    }),
  );
  sqs.destroy();
}

describe("both engines, on file-search without its dead-letter queue", function () {
  this.timeout(300_000);
  let engines: TwoEngines;

  before(async function () {
    const main = "rehearsal/programs/without-dlq.ts";
    const program = { ...systems["file-search"], main } as Program;
    engines = await twoEngines(needOfficialCli(this), program, "dev");
  });

  after(() => engines?.remove());

  it("refuse the first preview with the same verdict", async () => {
    const { violations } = await engines.same((engine) => engine.preview(judged), "failure");
    const refused = violations.filter(({ level }) => level === "mandatory");
    expect(refused.map(({ rule }) => rule)).to.include("queue-has-dlq");
  });
});
