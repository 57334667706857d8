import { expect } from "chai";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { DeploymentV3, ResourceV3 } from "../../../local/engine/operation";
import { officialPulumi, ShopProject } from "../../support/engine/shop-project";

const volatile = new Set(["created", "modified", "id", "ciphertext"]);

/** What two engines may differ in: times, ids, ciphertexts, and the order of what does not depend on each other. */
function comparable(deployment: DeploymentV3): Record<string, unknown> {
  const ids = (deployment.resources ?? [])
    .filter(({ id, type }) => id !== undefined && type.startsWith("pulumi:providers:"))
    .map(({ id }) => String(id));
  const text = JSON.stringify(deployment.resources, (key, value: unknown) => {
    if (volatile.has(key)) return "(differs)";
    // Frames within the SDK depend on whether its source maps are loaded.
    if (key === "sourcePosition" && !String(value).startsWith("project:///index.ts")) {
      return "(outside of the program)";
    }
    if (typeof value === "string") {
      return ids
        .reduce((shown, id) => shown.replaceAll(id, "(id)"), value)
        .replaceAll(/-\d+-\d+\b/g, "-(id)");
    }
    if (key === "dependencies") return [...(value as string[])].sort();
    return value;
  });
  const resources = JSON.parse(text) as ResourceV3[];
  return Object.fromEntries(
    resources
      .map((resource) => [resource.urn, resource] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

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
    const [ours, theirs] = [comparable(shop.state()), comparable(official)];
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
