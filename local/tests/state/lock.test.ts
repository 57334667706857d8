import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { lockStack, removeLocks, StackLocked } from "../../state/lock";

describe("stack lock", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "queuefleet-lock-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("names its holder and its start time, in Pulumi's format", () => {
    const lock = lockStack(folder, "dev");
    const [file] = readdirSync(folder);
    expect(file).to.match(/^[0-9a-f-]{36}\.json$/);
    expect(JSON.parse(readFileSync(join(folder, file ?? ""), "utf8"))).to.deep.include({
      pid: process.pid,
      hostname: hostname(),
      username: userInfo().username,
    });
    lock.release();
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it("refuses a second run, says whose lock it is and how to remove it", () => {
    const lock = lockStack(folder, "dev");
    expect(() => lockStack(folder, "dev")).to.throw(
      StackLocked,
      new RegExp(`process ${process.pid} of .* on .*\n.*pulumi-local cancel -s dev`),
    );
    lock.release();
    lockStack(folder, "dev").release();
  });

  it("says when the process that left it no longer runs", () => {
    const gone = { pid: 2 ** 22 + 1, username: "someone", hostname: hostname(), timestamp: "then" };
    writeFileSync(join(folder, "left.json"), JSON.stringify(gone));
    expect(() => lockStack(folder, "dev")).to.throw(
      /that process no longer runs\nRemove the lock: `node_modules\/\.bin\/pulumi-local cancel -s dev`/,
    );
    expect(removeLocks(folder)).to.deep.equal([gone]);
    lockStack(folder, "dev").release();
  });
});
