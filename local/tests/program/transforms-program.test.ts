import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Unknown } from "../../values/property-value";
import { ShopProject } from "../support/shop-project";

describe("engine: transforms of a program in the Node SDK, unmodified", function () {
  this.timeout(120_000);
  let shop: ShopProject;
  before(() => (shop = new ShopProject("transforms")));
  after(() => shop.remove());

  const failing = (code: string) =>
    writeFileSync(
      join(shop.program, "index.ts"),
      `import * as pulumi from "@pulumi/pulumi";
       const transforms = [() => { throw new Error("no tags, no resource"); }];
       ${code}`,
    );

  it("change resources and invokes, in a preview with unknowns too", async () => {
    const preview = await shop.run({ kind: "update", dryRun: true });
    expect(preview.errors).to.deep.equal([]);
    expect(preview.changes).to.deep.equal({ create: 11 });
    const planned = (name: string) => {
      const steps = preview.events.flatMap((event) =>
        event.type === "resourcePre" ? event.step : [],
      );
      return steps.find(({ urn }) => urn.endsWith(`::${name}`))?.new?.inputs;
    };
    expect(planned("base")?.tags).to.deep.equal({ kept: "yes", owner: "shop" });
    expect(planned("moved")).to.deep.include({
      from: Unknown.value,
      deep: { text: Unknown.value },
      plain: 1,
      tags: { owner: "shop" },
    });
    expect(planned("moved")).to.not.have.any.keys("of", "gone", "text");
  });

  it("leave in the state what they made of the program", async () => {
    const up = await shop.run({ kind: "update", dryRun: false });
    expect(up.errors).to.deep.equal([]);
    expect(up.outputs.echo).to.deep.equal({ say: "hi", loud: true });
    const resources = shop.state().resources ?? [];
    const named = (name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`));
    expect(named("shelf-upper-thing")?.inputs?.trail).to.deep.equal([
      "own",
      "row",
      "shelf",
      "stack",
    ]);
    expect(named("shelf")?.inputs).to.deep.equal({ height: 3, trail: ["shelf"] });
    expect(named("abroad")?.inputs).to.deep.include({ region: "elsewhere" });
    expect(named("options")).to.deep.include({
      ignoreChanges: ["size", "color"],
      retainOnDelete: true,
      deletedWith: named("base")?.urn,
      customTimeouts: { create: 300 },
    });
    const things = resources.filter(({ type }) => type === "box:index:Thing");
    for (const { inputs } of things) expect(inputs?.tags).to.deep.include({ owner: "shop" });
    expect(JSON.stringify(resources)).to.not.include("hunter2");
    expect(shop.checkpoint()).to.deep.include({ version: 4, features: ["replaceWith"] });
    const again = await shop.run({ kind: "update", dryRun: false });
    expect(again.changes).to.deep.equal({ same: 11 });
  });

  it("fail the program when they throw; the message has the resource and what was thrown", async () => {
    failing(`
      class Thing extends pulumi.CustomResource {}
      new Thing("box:index:Thing", "untagged", {}, { version: "1.2.3", transforms });`);
    const result = await shop.run({ kind: "update", dryRun: false });
    expect(result.result).to.equal("failed");
    const text = result.errors.join();
    expect(text).to.include("failed to register new resource untagged [box:index:Thing]");
    expect(text).to.include("no tags, no resource");
  });
});
