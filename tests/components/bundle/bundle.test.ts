import { createHash } from "node:crypto";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { expect } from "chai";
import { buildBundle } from "../../../components/bundle";

describe("buildBundle", () => {
  let folder: string;
  const project = (name: string) => {
    const source = join(folder, name);
    mkdirSync(source);
    writeFileSync(join(source, "schema.sql"), "select 1;\n");
    writeFileSync(join(source, "greet.ts"), `export const greet = (n: string) => "hello " + n;\n`);
    writeFileSync(
      join(source, "main.ts"),
      `import sql from "./schema.sql";\nimport { greet } from "./greet";\nmodule.exports = greet(sql);\n`,
    );
    return source;
  };
  const build = (source: string) => buildBundle(join(source, "main.ts"), source);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bundle-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("creates one self-contained file and states its hash", () => {
    const source = project("a");
    const bundle = build(source);
    const code = readFileSync(join(source, bundle.path));
    expect(createHash("sha256").update(code).digest("hex")).to.equal(bundle.sha256);
    const loaded: { exports: unknown } = { exports: {} };
    runInNewContext(code.toString(), { module: loaded, exports: loaded.exports });
    expect(loaded.exports).to.equal("hello select 1;\n");
  });

  it("stores the bundle of each entry file at its own path", () => {
    const [a, b] = [project("a"), project("b")];
    const places = [a, b].map((source) => buildBundle(join(source, "main.ts"), a).path);
    expect(places).to.deep.equal(["./.build/main.js", "./.build/_/b/main.js"]);
  });

  it("creates the same bytes in every folder", () => {
    expect(build(project("a")).sha256).to.equal(build(project("b")).sha256);
  });

  it("builds again when a source or the bundle file has changed", () => {
    const source = project("a");
    const first = build(source);
    writeFileSync(join(source, "greet.ts"), `export const greet = (n: string) => "bye " + n;\n`);
    const second = build(source);
    expect(second.sha256).to.not.equal(first.sha256);
    writeFileSync(join(source, second.path), "spoilt");
    expect(build(source)).to.deep.equal(second);
    expect(readFileSync(join(source, second.path), "utf8")).to.include("bye ");
  });

  it("reuses the earlier result while no file has changed", () => {
    const source = project("a");
    const first = build(source);
    const cache = join(source, ".build/main.json");
    const remembered = readFileSync(cache, "utf8");
    writeFileSync(cache, remembered.replace(first.sha256, "remembered"));
    expect(build(source).sha256).to.equal("remembered");
  });
});
