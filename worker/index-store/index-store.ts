import { type Kysely, type Transaction, sql } from "kysely";
import { type DocumentRecord, documentRow, type ObjectEvent, removedRow } from "./document-row";
import { MessageLedger } from "./message-ledger";
import { normaliseSequencer } from "./sequencer";
import type { IndexSchema } from "./schema";

/** repeated: the same work was finished before; superseded: a newer version is known already. In both
 *  cases the index stays as it is. */
export type IndexOutcome = "applied" | "repeated" | "superseded";

export interface SearchResult {
  bucket: string;
  key: string;
  version_id: string | null;
  title: string | null;
  excerpt: string;
  score: number;
}

/** The index of documents and, in the same transactions, the ledger of finished work. */
export class IndexStore {
  /** What the consumer asks about whole messages. */
  readonly ledger: MessageLedger;

  constructor(private readonly database: Kysely<IndexSchema>) {
    this.ledger = new MessageLedger(database);
  }

  /** Writes the document unless `workKey` was finished before or a newer version is known. */
  async recordDocument(
    workKey: string,
    event: ObjectEvent,
    record: DocumentRecord,
  ): Promise<IndexOutcome> {
    return this.once(workKey, (transaction) =>
      upsertUnlessOlder(transaction, event, documentRow(event, record)),
    );
  }

  /** Takes the document out; its place remembers when, so that an older version stays out. */
  async removeDocument(workKey: string, event: ObjectEvent): Promise<IndexOutcome> {
    return this.once(workKey, (transaction) =>
      upsertUnlessOlder(transaction, event, removedRow(event)),
    );
  }

  /** Whether the index has this version already. Then the event only counts as its newest. */
  async isCurrent(workKey: string, event: ObjectEvent & { versionId: string }): Promise<boolean> {
    const outcome = await this.once(workKey, async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable("documents")
        .set({
          sequencer: sql`greatest(sequencer, ${normaliseSequencer(event.sequencer)})`,
        })
        .where("bucket", "=", event.bucket)
        .where("key", "=", event.key)
        .where("version_id", "=", event.versionId)
        .where("removed_at", "is", null)
        .executeTakeFirst();
      // Not the end of this work: the version is still to be read.
      if (numUpdatedRows === 0n) await forget(transaction, workKey);
      return numUpdatedRows === 0n ? "superseded" : "applied";
    });
    return outcome !== "superseded";
  }

  async isFinished(workKey: string): Promise<boolean> {
    const row = await this.database
      .selectFrom("finished_work")
      .select("key")
      .where("key", "=", workKey)
      .executeTakeFirst();
    return row !== undefined;
  }

  async markFinished(workKey: string): Promise<void> {
    await this.database
      .insertInto("finished_work")
      .values({ key: workKey, outcome: "done" })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Whether an event of this key that is newer than this one has been applied. */
  async isSuperseded(event: ObjectEvent): Promise<boolean> {
    if (event.sequencer === undefined) return false;
    const row = await this.database
      .selectFrom("documents")
      .select("key")
      .where("bucket", "=", event.bucket)
      .where("key", "=", event.key)
      .where("sequencer", ">", normaliseSequencer(event.sequencer))
      .executeTakeFirst();
    return row !== undefined;
  }

  async search(query: string, maxRows = 20): Promise<SearchResult[]> {
    const { rows } = await sql<SearchResult>`
      select * from search_documents(${query}, ${maxRows})
    `.execute(this.database);
    return rows;
  }

  async close(): Promise<void> {
    await this.database.destroy();
  }

  /** The ledger's row and the work are one transaction: after a crash there are both or neither, and
   *  of two who do the same work at once the second waits here and then does nothing. */
  private async once(
    workKey: string,
    work: (transaction: Transaction<IndexSchema>) => Promise<IndexOutcome>,
  ): Promise<IndexOutcome> {
    return this.database.transaction().execute(async (transaction) => {
      const { numInsertedOrUpdatedRows } = await transaction
        .insertInto("finished_work")
        .values({ key: workKey, outcome: "done" })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (numInsertedOrUpdatedRows === 0n) return "repeated";
      return work(transaction);
    });
  }
}

async function forget(transaction: Transaction<IndexSchema>, workKey: string): Promise<void> {
  await transaction.deleteFrom("finished_work").where("key", "=", workKey).execute();
}

async function upsertUnlessOlder(
  transaction: Transaction<IndexSchema>,
  event: ObjectEvent,
  row: ReturnType<typeof documentRow>,
): Promise<IndexOutcome> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("documents")
    .values(row)
    .onConflict((conflict) => {
      const update = conflict.columns(["bucket", "key"]).doUpdateSet({
        ...row,
        sequencer: sql`greatest(documents.sequencer, excluded.sequencer)`,
        indexed_at: sql`now()`,
      });
      return event.sequencer === undefined
        ? update
        : update.whereRef("documents.sequencer", "<=", "excluded.sequencer");
    })
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 0n ? "superseded" : "applied";
}
