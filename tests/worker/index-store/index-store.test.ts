import { expect } from "chai";
import { Client } from "pg";
import { type DocumentRecord, type IndexStore, openIndexStore } from "../../../worker/index-store";
import { eventually } from "../../support/eventually";
import { freshDatabase } from "../../support/fresh-database";

const object = (key: string, sequencer?: string, versionId?: string) => ({
  bucket: "files",
  key,
  sequencer,
  versionId,
});

const record = (text: string, more: Partial<DocumentRecord> = {}): DocumentRecord => ({
  contentType: "text/plain",
  text,
  metadata: { format: "text", bytes: text.length, sha256: "0".repeat(64) },
  ...more,
});

describe("IndexStore", () => {
  let databaseUrl: string;
  let store: IndexStore;

  before(async () => {
    databaseUrl = await freshDatabase();
    store = await openIndexStore(databaseUrl, {
      maxConnections: 4,
      onConnectionLost: (error) => expect.fail(error.message),
    });
  });
  after(() => store.close());

  const rows = async (text: string, values: unknown[] = []) => {
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  const textOf = async (key: string) =>
    (await rows("select text from documents where key = $1 and removed_at is null", [key]))[0]
      ?.text;

  it("writes a repeat only once and leaves everything as it was", async () => {
    const event = object("repeat.txt", "0A");
    expect(await store.recordDocument("repeat", event, record("first"))).to.equal("applied");
    const before = await rows("select * from documents where key = 'repeat.txt'");
    expect(await store.recordDocument("repeat", event, record("other"))).to.equal("repeated");
    expect(await rows("select * from documents where key = 'repeat.txt'")).to.deep.equal(before);
  });

  it("lets one of two that do the same work at once do it", async () => {
    const event = object("twice.txt", "0A");
    const outcomes = await Promise.all([
      store.recordDocument("twice", event, record("first")),
      store.recordDocument("twice", event, record("second")),
    ]);
    expect(outcomes.toSorted()).to.deep.equal(["applied", "repeated"]);
  });

  it("keeps the newer version when the older one's event comes late", async () => {
    await store.recordDocument("new", object("late.txt", "00B2", "v2"), record("newer"));
    const outcome = await store.recordDocument(
      "old",
      object("late.txt", "00A1", "v1"),
      record("x"),
    );
    expect(outcome).to.equal("superseded");
    expect(await textOf("late.txt")).to.equal("newer");
    expect(await store.isFinished("old")).to.equal(true);
  });

  it("replaces an older version by a newer one", async () => {
    await store.recordDocument("v1", object("grow.txt", "00A1", "v1"), record("older"));
    await store.recordDocument("v2", object("grow.txt", "00B2", "v2"), record("newer"));
    expect(await textOf("grow.txt")).to.equal("newer");
    const [row] = await rows("select version_id from documents where key = 'grow.txt'");
    expect(row?.version_id).to.equal("v2");
  });

  it("compares sequencers of different length as S3 says: padded on the right", async () => {
    await store.recordDocument("short", object("pad.txt", "0B"), record("newer"));
    const outcome = await store.recordDocument("long", object("pad.txt", "0AFF"), record("older"));
    expect(outcome).to.equal("superseded");
    expect(await store.isSuperseded(object("pad.txt", "0aff"))).to.equal(true);
    expect(await store.isSuperseded(object("pad.txt", "0b01"))).to.equal(false);
  });

  it("removes a document, and an older version does not bring it back", async () => {
    await store.recordDocument("c", object("removed.txt", "01"), record("zanzibar"));
    expect(await store.search("zanzibar")).to.have.length(1);
    expect(await store.removeDocument("d", object("removed.txt", "03"))).to.equal("applied");
    expect(
      await store.recordDocument("l", object("removed.txt", "02"), record("zanzibar")),
    ).to.equal("superseded");
    expect(await store.search("zanzibar")).to.deep.equal([]);
    await store.recordDocument("n", object("removed.txt", "04"), record("zanzibar again"));
    expect(await store.search("zanzibar")).to.have.length(1);
  });

  it("leaves neither the document nor the ledger's row when the transaction fails", async () => {
    const broken = record("x", {
      metadata: { format: "text", bytes: Number.NaN, sha256: "" },
    });
    const failure = await store
      .recordDocument("broken", object("broken.txt", "01"), broken)
      .catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(await store.isFinished("broken")).to.equal(false);
    expect(await textOf("broken.txt")).to.equal(undefined);
  });

  it("leaves neither of them when the process dies between the two writes", async () => {
    // A lock on the documents stops the transaction right after the ledger's row.
    const blocker = new Client({ connectionString: databaseUrl });
    await blocker.connect();
    await blocker.query("begin; lock table documents in access exclusive mode");
    const dying = await openDying();
    const write = dying
      .recordDocument("killed", object("killed.txt", "01"), record("x"))
      .catch((error: unknown) => error);
    await eventually("the write waits", async () => (await lockWaiters(blocker)) === 1);
    await blocker.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    expect(await write).to.be.instanceOf(Error);
    await blocker.query("rollback");
    await blocker.end();
    await dying.close();

    expect(await store.isFinished("killed")).to.equal(false);
    const again = await store.recordDocument("killed", object("killed.txt", "01"), record("x"));
    expect(again).to.equal("applied");
  });

  const openDying = () =>
    openIndexStore(databaseUrl, { maxConnections: 1, onConnectionLost: () => undefined });
  const lockWaiters = async (client: Client) => {
    const { rows } = await client.query<{ count: string }>(
      "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    return Number(rows[0]?.count);
  };

  it("stores what PostgreSQL cannot: zero characters and halves of surrogate pairs go", async () => {
    await store.recordDocument("odd", object("odd.txt", "01"), record("a\u0000b \ud800 c"));
    expect(await textOf("odd.txt")).to.equal("ab \ufffd c");
  });

  it("stores the same of what a file says of itself", async () => {
    const metadata = { format: "pdf", bytes: 1, sha256: "", author: "a\u0000b \ud800" } as const;
    const outcome = await store.recordDocument(
      "odd author",
      object("author.pdf", "01"),
      record("x", { metadata }),
    );
    expect(outcome).to.equal("applied");
    const [row] = await rows("select metadata from documents where key = 'author.pdf'");
    expect(row?.metadata).to.include({ author: "ab \ufffd" });
  });

  it("takes a text of compound words, of which each is indexed whole and in parts", async () => {
    let at = 0x4e00;
    const part = () => String.fromCharCode((at++ % 20_000) + 0x4e00, ((at * 7) % 20_000) + 0x4e00);
    const words = Array.from({ length: 40_000 }, () => `${part()}-${part()}`).join(" ");
    const outcome = await store.recordDocument("compounds", object("c.txt", "01"), record(words));
    expect(outcome).to.equal("applied");
  });

  it("knows whether it has the version that is served, and then ignores older events", async () => {
    await store.recordDocument("k2", object("kept.txt", "02", "v2"), record("newest"));
    const served = (sequencer: string, versionId: string) => ({
      ...object("kept.txt", sequencer, versionId),
      versionId,
    });
    expect(await store.isCurrent("k5", served("05", "v1"))).to.equal(false);
    expect(await store.isCurrent("k4", served("04", "v2"))).to.equal(true);
    expect(await store.removeDocument("k3", object("kept.txt", "03", "m"))).to.equal("superseded");
    expect(await textOf("kept.txt")).to.equal("newest");
    // The work of k5 was not finished by the question.
    const back = object("kept.txt", "05", "v1");
    expect(await store.recordDocument("k5", back, record("older"))).to.equal("applied");
  });

  it("takes a text of 300,000 different words, more than a tsvector holds", async () => {
    const words = Array.from({ length: 300_000 }, (_, at) => at.toString(36)).join(" ");
    const outcome = await store.recordDocument("words", object("long.txt", "01"), record(words));
    expect(outcome).to.equal("applied");
    expect((await store.search("6fgd"))[0]?.key).to.equal("long.txt");
  });

  it("counts deliveries that ended before the work had started, until no queue can hold the message", async () => {
    await store.ledger.recordUnstarted("m-4");
    await store.ledger.recordUnstarted("m-4");
    await store.ledger.recordUnstarted("m-5");
    await store.ledger.record("m-5", "done");
    expect([...(await store.ledger.find(["m-4", "m-5"]))]).to.have.deep.members([
      ["m-4", { unstarted: 2 }],
      ["m-5", { outcome: "done", unstarted: 1 }],
    ]);
    const day = 86_400_000;
    await store.ledger.forgetOutlived(new Date(Date.now() + 30 * day));
    expect(await store.ledger.find(["m-4"])).to.deep.equal(new Map());
  });

  it("remembers finished messages and forgets those that no queue can still hold", async () => {
    await store.ledger.record("m-1", "done");
    await store.ledger.record("m-2", "dead-lettered");
    await store.ledger.record("m-2", "done");
    const found = await store.ledger.find(["m-1", "m-2", "m-3"]);
    expect([...found]).to.have.deep.members([
      ["m-1", { outcome: "done", unstarted: 0 }],
      ["m-2", { outcome: "dead-lettered", unstarted: 0 }],
    ]);
    expect(await store.ledger.find([])).to.deep.equal(new Map());
    const day = 86_400_000;
    expect(await store.ledger.forgetOutlived(new Date(Date.now() + 28 * day))).to.equal(0);
    expect(await store.ledger.forgetOutlived(new Date(Date.now() + 30 * day))).to.be.above(1);
    expect(await store.ledger.find(["m-1"])).to.deep.equal(new Map());
  });
});
