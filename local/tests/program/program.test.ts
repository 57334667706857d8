import { expect } from "chai";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { signature } from "../support/test-stack";
import { ShopProject } from "../support/shop-project";

describe("engine: a program in the Node SDK, unmodified", function () {
  this.timeout(60_000);
  let shop: ShopProject;
  before(() => (shop = new ShopProject()));
  after(() => shop.remove());

  const things = () => {
    try {
      return readdirSync(join(shop.folder, "world")).length;
    } catch {
      return 0;
    }
  };
  const diagnostics = (outcome: Awaited<ReturnType<ShopProject["run"]>>) =>
    outcome.events.flatMap((event) => (event.type === "diagnostic" ? event.message : []));

  it("is previewed, deployed, found unchanged and destroyed", async () => {
    const preview = await shop.run({ kind: "update", dryRun: true });
    expect(preview.errors).to.deep.equal([]);
    expect(preview.changes).to.deep.equal({ create: 8 });
    expect(things()).to.equal(0);

    const up = await shop.run({ kind: "update", dryRun: false });
    expect(up.errors).to.deep.equal([]);
    expect(up.changes).to.deep.equal({ create: 8 });
    expect(up.outputs).to.deep.include({ color: "red", echo: { say: "hi" } });
    expect(JSON.stringify(shop.state())).to.not.include("hunter2");
    const hidden = shop.state().resources?.find(({ urn }) => urn.endsWith("::hidden"));
    expect(hidden?.inputs?.password).to.have.property(signature);
    expect(hidden?.sourcePosition).to.match(/^project:\/\/\/index\.ts#\d+,\d+$/);

    // The order of what does not depend on each other is the order in which the program got to it.
    const byUrn = () =>
      Object.fromEntries(
        (shop.state().resources ?? []).map((resource) => [resource.urn, resource]),
      );
    const before = byUrn();
    const again = await shop.run({ kind: "update", dryRun: false });
    expect(again.changes).to.deep.equal({ same: 8 });
    expect(byUrn()).to.deep.equal(before);

    const destroy = await shop.run({ kind: "destroy", dryRun: false });
    expect(destroy.errors).to.deep.equal([]);
    // `far` is retained.
    expect(things()).to.equal(1);
    expect(shop.state().resources).to.equal(undefined);
  });

  it("is compiled with the project's own compiler options, or Pulumi's defaults", async () => {
    const program = `
      class Base { constructor() { Object.assign(this, { url: "from the base class" }); } }
      class Derived extends Base { url!: string }
      export const url = new Derived().url;`;
    writeFileSync(join(shop.program, "index.ts"), program);
    const plain = await shop.run({ kind: "update", dryRun: true });
    expect(plain.outputs).to.deep.equal({ url: "from the base class" });

    const tsconfig = join(shop.program, "tsconfig.json");
    writeFileSync(tsconfig, '{ "compilerOptions": { "target": "es2022" }, "files": [] }');
    const modern = await shop.run({ kind: "update", dryRun: true });
    expect(modern.outputs).to.deep.equal({});
    rmSync(tsconfig);
  });

  it("may be an ES module", async () => {
    const manifest = join(shop.program, "package.json");
    const before = readFileSync(manifest);
    writeFileSync(manifest, JSON.stringify({ type: "module", main: "index.ts" }));
    const program = "export const five: number = await Promise.resolve(5);\n";
    writeFileSync(join(shop.program, "index.ts"), program);
    const result = await shop.run({ kind: "update", dryRun: true });
    expect(result.errors).to.deep.equal([]);
    expect(result.outputs).to.deep.equal({ five: 5 });
    writeFileSync(manifest, before);
  });

  it("fails with the program's own words when it throws", async () => {
    mkdirSync(shop.program, { recursive: true });
    writeFileSync(join(shop.program, "index.ts"), 'throw new Error("no such setting: colour");\n');
    const result = await shop.run({ kind: "update", dryRun: false });
    expect(result.result).to.equal("failed");
    expect(diagnostics(result).join()).to.include("no such setting: colour");
    expect(result.errors).to.have.length(1);
    rmSync(join(shop.program, "index.ts"));
  });
});
