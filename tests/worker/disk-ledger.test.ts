import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { DiskLedger } from "../../worker/disk-ledger";
import { ledgerPaths } from "../../worker/ledger-paths";
import { recordingLog } from "./consumer/recording-log";

const dayMs = 86_400_000;

describe("the ledger on disk", () => {
  let folder: string;
  let file: string;
  let lines: { level: string; msg: string }[] = [];
  const open: DiskLedger[] = [];
  const ledger = () => {
    const paths = { file, doneMarks: join(folder, "state", "done-marks") };
    const opened = DiskLedger.open(paths, recordingLog(lines as never));
    open.push(opened);
    return opened;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "queuefleet-ledger-"));
    file = join(folder, "state", "ledger.sqlite");
    lines = [];
  });
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
    rmSync(folder, { recursive: true });
  });

  it("is shared by the workers of a machine, and outlives them", async () => {
    const [one, other] = [ledger(), ledger()];
    await one.record("a", "done");
    await other.record("b", "dead-lettered");
    await other.countStart("c", 1);
    await one.countStart("c", 1);
    const expected = [
      ["a", { outcome: "done", starts: 0 }],
      ["b", { outcome: "dead-lettered", starts: 0 }],
      ["c", { outcome: undefined, starts: 2 }],
    ];
    expect([...(await one.find(["a", "b", "c"]))]).to.deep.equal(expected);
    one.close();
    other.close();
    open.length = 0;
    expect([...(await ledger().find(["a", "b", "c"]))]).to.deep.equal(expected);
  });

  it("keeps the first outcome of a message, beside its starts without those taken back", async () => {
    const one = ledger();
    await one.countStart("a", 1);
    await one.countStart("a", 1);
    await one.countStart("a", -1);
    await one.record("a", "done");
    await one.record("a", "dead-lettered");
    expect((await one.find(["a"])).get("a")).to.deep.equal({ outcome: "done", starts: 1 });
  });

  it("forgets what no queue can hold any more", async () => {
    const one = ledger();
    await one.record("a", "done");
    expect(await one.forgetOutlived(new Date(Date.now() + 28 * dayMs))).to.equal(0);
    expect(await one.forgetOutlived(new Date(Date.now() + 30 * dayMs))).to.equal(1);
    expect((await one.find(["a"])).get("a")).to.deep.equal({ outcome: undefined, starts: 0 });
  });

  it("takes the mark of a program that succeeded for the end of the work, until that is recorded", async () => {
    const one = ledger();
    const outcome = async (id: string) => (await one.find([id])).get(id)?.outcome;
    for (const id of ["a", "../b", "ü".repeat(300)]) {
      expect(await outcome(id)).to.equal(undefined);
      writeFileSync(one.doneMark(id), "");
      expect(await outcome(id)).to.equal("done");
      await one.record(id, "done");
      expect(existsSync(one.doneMark(id))).to.equal(false);
      expect(await outcome(id)).to.equal("done");
    }
    writeFileSync(one.doneMark("old"), "");
    await one.forgetOutlived(new Date(Date.now() + 28 * dayMs));
    expect(existsSync(one.doneMark("old"))).to.equal(true);
    await one.forgetOutlived(new Date(Date.now() + 30 * dayMs));
    expect(existsSync(one.doneMark("old"))).to.equal(false);
  });

  it("does not block the worker while another process holds the file, nor blames a message", async () => {
    const one = ledger();
    const holder = new DatabaseSync(file);
    try {
      holder.exec("begin immediate");
      const began = performance.now();
      const refused = await one.record("a", "done").catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(Error);
      expect(performance.now() - began).to.be.below(2500);
    } finally {
      holder.close();
    }
    await one.record("a", "done");
    expect((await one.find(["a"])).get("a")?.outcome).to.equal("done");
  });

  it("is begun anew when its file is broken, which is kept and reported", async () => {
    await ledger().record("a", "done");
    for (const one of open.splice(0)) one.close();
    writeFileSync(file, "no database".repeat(1000));
    const one = ledger();
    await one.record("b", "done");
    expect((await one.find(["b"])).get("b")?.outcome).to.equal("done");
    expect(
      readdirSync(join(folder, "state")).filter((name) => name.includes("broken")),
    ).to.have.length(1);
    expect(JSON.stringify(lines)).to.include("is broken");
  });

  it("rejects, and does not throw, when the disk refuses a write", async () => {
    const one = ledger();
    one.close();
    open.length = 0;
    const refused = one.record("a", "done");
    expect(await refused.catch((error: unknown) => error)).to.be.instanceOf(Error);
  });

  it("lies where systemd says, or in the user's state folder", () => {
    expect(ledgerPaths({ STATE_DIRECTORY: "/var/lib/queuefleet" }).file).to.match(
      /^\/var\/lib\/queuefleet\/[\w-]+\.sqlite$/,
    );
    expect(ledgerPaths({ XDG_STATE_HOME: "/home/kim/state" }).file).to.match(
      /^\/home\/kim\/state\/queuefleet\//,
    );
    expect(ledgerPaths({}).file).to.match(/\/\.local\/state\/queuefleet\//);
  });
});
