import { spawn } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { cloudStatus, stopCloud } from "../../keeper";
import { isAlive } from "../../process/process-set";
import { temporaryHome } from "../../../tests/support/cloud";

describe("the status of the embedded cloud", () => {
  let home: string;
  beforeEach(() => (home = temporaryHome()));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it("does not mistake another process with the id of an ended keeper for the keeper, and does not end it", async () => {
    const stranger = spawn(process.execPath, ["-e", "setTimeout(() => undefined, 60_000)"]);
    const pid = stranger.pid ?? 0;
    writeFileSync(join(home, "cloud.json"), JSON.stringify({ running: true, pid }));
    try {
      expect(cloudStatus(home)).to.deep.equal({ running: false });
      expect(await stopCloud(home)).to.equal(false);
      expect(isAlive(pid)).to.equal(true);
    } finally {
      stranger.kill();
    }
  });

  it("is that nothing runs if its file is incomplete", async () => {
    writeFileSync(join(home, "cloud.json"), '{"runn');
    expect(cloudStatus(home)).to.deep.equal({ running: false });
    expect(await stopCloud(home)).to.equal(false);
  });
});
