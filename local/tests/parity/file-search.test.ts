import { expect } from "chai";
import { needOfficialCli } from "./official-cli";
import { policyPack } from "./project";
import type { TwoEngines } from "./two-engines";
import { twoEngines } from "./two-engines";

const judged = ["--policy-pack", policyPack];
const program = {
  project: "systems/file-search",
  // Bucket names are unique among all accounts.
  config: (accountId: string) => ({ "file-search:bucketSuffix": `-${accountId}` }),
};

describe("both engines, on file-search", function () {
  this.timeout(300_000);
  let engines: TwoEngines;

  before(async function () {
    engines = await twoEngines(needOfficialCli(this), program, "dev");
  });

  after(() => engines?.remove());

  it("plan the same resources and pass the same policies in the first preview", async () => {
    const { violations } = await engines.same((engine) => engine.preview(judged));
    expect(violations).to.deep.equal([]);
  });

  it("create the same resources and leave the same state", async () => {
    await engines.same((engine) => engine.up(judged));
    engines.sameState();
  });

  it("find nothing to do afterwards, and no drift", async () => {
    const again = await engines.same((engine) =>
      engine.preview([...judged, "--expect-no-changes"]),
    );
    expect(again.violations).to.deep.equal([]);
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
});

describe("both engines, on file-search without its dead-letter queue", function () {
  this.timeout(300_000);
  let engines: TwoEngines;

  before(async function () {
    const main = "rehearsal/programs/without-dlq.ts";
    engines = await twoEngines(needOfficialCli(this), { ...program, main }, "dev");
  });

  after(() => engines?.remove());

  it("refuse the first preview with the same verdict", async () => {
    const { violations } = await engines.same((engine) => engine.preview(judged), "failure");
    const refused = violations.filter(({ level }) => level === "mandatory");
    expect(refused.map(({ rule }) => rule)).to.include("queue-has-dlq");
  });
});
