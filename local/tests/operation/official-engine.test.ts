import { expect } from "chai";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { comparableState } from "../support/comparable-state";
import { officialPulumi, ShopProject } from "../support/shop-project";

describe("engine: beside the official one", function () {
  this.timeout(300_000);
  let shop: ShopProject;

  before(function () {
    if (officialPulumi() === undefined) {
      console.log(
        "    (no pulumi on the PATH: the comparison with the official engine did not run)",
      );
      this.skip();
    }
  });
  const start = (program: string) => {
    shop = new ShopProject(program);
    mkdirSync(join(shop.home, "state"), { recursive: true });
    shop.official("stack", "init", "dev");
    shop.official("config", "set", "--secret", "password", "hunter2");
  };
  afterEach(() => shop.remove());

  const writesTheSame = async (count: number) => {
    shop.official("up", "--yes", "--skip-preview");
    const official = shop.state();
    const unchanged = await shop.run({ kind: "update", dryRun: true });
    expect(unchanged.errors).to.deep.equal([]);
    expect(unchanged.changes).to.deep.equal({ same: count });

    shop.forget();
    mkdirSync(join(shop.home, "state"), { recursive: true });
    const result = await shop.run({ kind: "update", dryRun: false });
    expect(result.errors).to.deep.equal([]);
    const [ours, theirs] = [comparableState(shop.state()), comparableState(official)];
    expect(Object.keys(ours)).to.deep.equal(Object.keys(theirs));
    for (const [urn, resource] of Object.entries(theirs)) {
      expect(ours[urn]).to.deep.equal(resource);
    }
    expect(shop.official("preview", "--expect-no-changes")).to.include(`${count} unchanged`);
    expect(shop.official("refresh", "--yes", "--expect-no-changes")).to.include("unchanged");
    expect(shop.official("up", "--yes", "--expect-no-changes")).to.include(`${count} unchanged`);
    const refreshed = await shop.run({ kind: "refresh", dryRun: true });
    expect(refreshed.hasChanges).to.equal(false);
    const again = await shop.run({ kind: "update", dryRun: false });
    expect(again.changes).to.deep.equal({ same: count });
  };

  it("writes the same state, and each reads the other's without a change", async () => {
    start("shop");
    await writesTheSame(8);
  });

  it("does so where transforms change the program", async () => {
    start("transforms");
    await writesTheSame(11);
  });
});
