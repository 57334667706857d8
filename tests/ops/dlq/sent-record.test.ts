import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { SentRecord } from "../../../ops/dlq/redrive/sent-record";

describe("the record of what was sent", () => {
  let folder: string;
  let faults: string[];
  const open: SentRecord[] = [];
  const record = (route = "dlq queue") => {
    const file = join(folder, "state", "redrive.sqlite");
    const opened = SentRecord.open(file, route, (reason) => faults.push(reason));
    open.push(opened);
    return opened;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "queuefleet-sent-"));
    faults = [];
  });
  afterEach(() => {
    for (const one of open.splice(0)) one.close();
    rmSync(folder, { recursive: true });
  });

  it("outlives the process: what was confirmed, and what was not", () => {
    const first = record();
    first.sending(["a", "b", "c", "d"]);
    first.sent(["b", "c"]);
    first.refused(["d"]);
    first.deleted(["c"]);
    const next = record();
    expect(next.hasUnfinished()).to.equal(true);
    expect(next.find("a")).to.include({ state: "sending", isFromBefore: true });
    expect(next.find("b")).to.include({ state: "sent", isFromBefore: true });
    expect(next.find("c")).to.equal(undefined);
    expect(next.find("d")).to.equal(undefined);
  });

  it("is about one way from queue to queue", () => {
    record().sending(["a"]);
    const other = record("dlq another-queue");
    expect(other.find("a")).to.equal(undefined);
    expect(other.hasUnfinished()).to.equal(false);
  });

  it("keeps the time of the first send", async () => {
    const first = record();
    first.sending(["a"]);
    const at = first.find("a")?.at;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const next = record();
    next.sending(["a"]);
    next.sent(["a"]);
    expect(next.find("a")?.at).to.deep.equal(at);
  });

  it("knows what this run has deleted, because SQS may deliver it once more", () => {
    const one = record();
    one.sending(["a"]);
    one.sent(["a"]);
    one.deleted(["a"]);
    expect(one.find("a")).to.include({ state: "deleted", isFromBefore: false });
  });

  it("forgets what no queue can hold any more", () => {
    record().sending(["a"]);
    const database = new DatabaseSync(join(folder, "state", "redrive.sqlite"));
    database.exec(`update sent set at = ${Date.now() - 16 * 86_400_000}`);
    database.close();
    expect(record().hasUnfinished()).to.equal(false);
  });

  it("goes on in memory when the disk refuses a write, and says so once", () => {
    const one = record();
    const other = new DatabaseSync(join(folder, "state", "redrive.sqlite"));
    other.exec("drop table sent");
    other.close();
    one.sending(["a"]);
    one.sent(["a"]);
    expect(one.find("a")).to.include({ state: "sent" });
    expect(faults).to.have.length(1);
    expect(faults[0]).to.include("no such table");
  });
});
