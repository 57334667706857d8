import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const program = `
const { log, writeLine } = require("./output").openOutput({});
for (let line = 0; line < 3; line += 1) { log.info({}, "a line"); writeLine("{}"); }
setTimeout(() => process.stderr.write("went on"), 50);
`;

describe("the worker's output", () => {
  it("loses log lines, but does not end, when the disk is full", function () {
    if (!existsSync("/dev/full")) this.skip();
    const full = openSync("/dev/full", "w");
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--require", "tsx/cjs", "-e", program],
      {
        cwd: join(__dirname, "..", "..", "worker"),
        stdio: ["ignore", full, "pipe"],
      },
    );
    closeSync(full);
    expect([status, stderr.toString()]).to.deep.equal([0, "went on"]);
  });
});
