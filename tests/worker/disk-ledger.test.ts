import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DiskLedger } from "../../worker/disk-ledger";
import { ledgerFile } from "../../worker/ledger-file";
import { recordingLog } from "./consumer/recording-log";

const dayMs = 86_400_000;

describe("the ledger on disk", () => {
  let folder: string;
  let file: string;
  const open: DiskLedger[] = [];
  const ledger = () => {
    const opened = DiskLedger.open(file, recordingLog([]));
    open.push(opened);
    return opened;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "queuefleet-ledger-"));
    file = join(folder, "state", "ledger.sqlite");
  });
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
    rmSync(folder, { recursive: true });
  });

  it("is shared by the workers of a machine, and outlives them", async () => {
    const [one, other] = [ledger(), ledger()];
    await one.record("a", "done");
    await other.record("b", "dead-lettered");
    await other.recordUnstarted("c");
    await one.recordUnstarted("c");
    const expected = [
      ["a", { outcome: "done", unstarted: 0 }],
      ["b", { outcome: "dead-lettered", unstarted: 0 }],
      ["c", { outcome: undefined, unstarted: 2 }],
    ];
    expect([...(await one.find(["a", "b", "c", "unknown"]))]).to.deep.equal(expected);
    one.close();
    other.close();
    open.length = 0;
    expect([...(await ledger().find(["a", "b", "c"]))]).to.deep.equal(expected);
  });

  it("keeps the first outcome of a message, beside its deliveries without a start", async () => {
    const one = ledger();
    await one.recordUnstarted("a");
    await one.record("a", "done");
    await one.record("a", "dead-lettered");
    expect((await one.find(["a"])).get("a")).to.deep.equal({ outcome: "done", unstarted: 1 });
  });

  it("forgets what no queue can hold any more", async () => {
    const one = ledger();
    await one.record("a", "done");
    expect(await one.forgetOutlived(new Date(Date.now() + 28 * dayMs))).to.equal(0);
    expect(await one.forgetOutlived(new Date(Date.now() + 30 * dayMs))).to.equal(1);
    expect((await one.find(["a"])).size).to.equal(0);
  });

  it("is begun anew when its file is broken, which is kept and reported", async () => {
    await ledger().record("a", "done");
    for (const one of open.splice(0)) one.close();
    writeFileSync(file, "no database".repeat(1000));
    const lines: { level: string; msg: string }[] = [];
    const one = DiskLedger.open(file, recordingLog(lines as never));
    open.push(one);
    await one.record("b", "done");
    expect((await one.find(["b"])).size).to.equal(1);
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
    expect(ledgerFile({ STATE_DIRECTORY: "/var/lib/queuefleet" })).to.match(
      /^\/var\/lib\/queuefleet\/[\w-]+\.sqlite$/,
    );
    expect(ledgerFile({ XDG_STATE_HOME: "/home/kim/state" })).to.match(
      /^\/home\/kim\/state\/queuefleet\//,
    );
    expect(ledgerFile({})).to.match(/\/\.local\/state\/queuefleet\//);
  });
});
