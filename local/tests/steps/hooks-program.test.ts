import { expect } from "chai";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { warningsOf } from "../support/hook-notes";
import { ShopProject } from "../support/shop-project";

describe("engine: hooks of a program in the Node SDK, unmodified", function () {
  this.timeout(120_000);
  let shop: ShopProject;
  before(() => (shop = new ShopProject("hooks")));
  after(() => shop.remove());

  /** Moments of a resource, in their order, since the last look. */
  const moments = () => {
    const found: Record<string, string[]> = {};
    for (const [moment, { name }] of shop.hookCalls()) (found[name] ??= []).push(moment);
    return found;
  };
  const created = ["before create", "after create"];
  const updated = ["before update", "after update"];
  const deleted = ["before delete", "after delete"];

  it("run in a preview, with unknowns and secrets as the SDK has them", async () => {
    const { errors } = await shop.run({ kind: "update", dryRun: true });
    expect(errors).to.deep.equal([]);
    const calls = shop.hookCalls();
    const [, replaced] =
      calls.find(([moment, { name }]) => moment === "before create" && name === "replaced") ?? [];
    expect(replaced).to.deep.include({
      id: "",
      newInputs: { color: "red", of: "unknown", place: "1" },
    });
    const [, base] = calls.find(([, { name }]) => name === "base") ?? [];
    const password = { secret: true, value: "hunter2" };
    expect(base?.newInputs).to.deep.equal({ color: "red", password, size: 1 });
  });

  it("run around a create", async () => {
    const up = await shop.run({ kind: "update", dryRun: false });
    expect(up.errors).to.deep.equal([]);
    expect(warningsOf(up)).to.have.lengthOf(8);
    expect(warningsOf(up)).to.include('AfterCreate hook "unheard" failed: nobody minds');
    expect(moments()).to.deep.equal({
      shelf: created,
      "shelf-board": created,
      base: created,
      replaced: created,
      "deleted-first": created,
      transformed: created,
      triggered: created,
      "named-inline": ["inline"],
      leaving: created,
    });
    expect(shop.checkpoint()).to.deep.include({ version: 4, features: ["hooks"] });
    const again = await shop.run({ kind: "update", dryRun: false });
    expect({ ...again.changes, hooks: moments() }).to.deep.equal({ same: 10, hooks: {} });
  });

  it("run around updates, replacements and deletions, which come after the program's end", async () => {
    writeFileSync(join(shop.program, "later"), "");
    const up = await shop.run({ kind: "update", dryRun: false });
    expect(up.errors).to.deep.equal([]);
    expect(moments()).to.deep.equal({
      shelf: updated,
      "shelf-board": updated,
      base: updated,
      replaced: [...created, ...deleted],
      "deleted-first": [...deleted, ...created],
      triggered: [...created, ...deleted],
      leaving: deleted,
    });
  });

  it("are asked after an error", async () => {
    writeFileSync(join(shop.program, "broken"), "");
    const up = await shop.run({ kind: "update", dryRun: false });
    expect(up.result).to.equal("failed");
    expect(moments()).to.deep.equal({ broken: ["on error", "on error"] });
    expect(warningsOf(up)).to.include("retrying create due to on-error hook request (1/100)");
  });
});
