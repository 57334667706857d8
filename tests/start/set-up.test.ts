import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";

const startFolder = resolve(__dirname, "../../start");

describe("what runs before the scripts", () => {
  let clone: string;
  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), "queuefleet-clone-"));
    cpSync(startFolder, join(clone, "start"), { recursive: true });
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true }));

  const run = (script: string) => {
    const { status, stderr } = spawnSync(process.execPath, [join(clone, "start", script)], {
      encoding: "utf8",
    });
    return { status, stderr };
  };

  it("says in one sentence that npm ci comes first", () => {
    expect(run("installed.js")).to.deep.equal({
      status: 1,
      stderr: 'What this needs is not installed: run "npm ci" first, with its install scripts.\n',
    });
  });

  it("says nothing when npm ci has finished", () => {
    mkdirSync(join(clone, "node_modules"));
    writeFileSync(join(clone, "node_modules", ".package-lock.json"), "{}");
    expect(run("installed.js")).to.deep.equal({ status: 0, stderr: "" });
  });

  it("says in one sentence which folder cannot be written", () => {
    writeFileSync(join(clone, ".local"), "a file in its place");
    expect(run("writable.js")).to.deep.equal({
      status: 1,
      stderr: `${join(clone, ".local")} must be a folder that you can write to: the embedded cloud and its data are kept in it.\n`,
    });
  });

  it("makes the folder where there is none", () => {
    expect(run("writable.js")).to.deep.equal({ status: 0, stderr: "" });
    expect(run("writable.js")).to.deep.equal({ status: 0, stderr: "" });
  });
});
