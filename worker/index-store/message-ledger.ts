import { type Kysely, sql } from "kysely";
import type { FinishedOutcome, Ledger, MessageHistory } from "../consumer/finished-work";
import type { IndexSchema } from "./schema";

const prefix = "message:";

/** A message lives 14 days in its queue and 14 more in the dead-letter queue at most (SQS quota). */
const retentionDays = 29;

/** The consumer's memory of finished messages, shared by all machines. */
export class MessageLedger implements Ledger {
  constructor(private readonly database: Kysely<IndexSchema>) {}

  async find(messageIds: readonly string[]): Promise<ReadonlyMap<string, MessageHistory>> {
    if (messageIds.length === 0) return new Map();
    const keys = messageIds.map((id) => prefix + id);
    const [finished, unstarted] = await Promise.all([
      this.database
        .selectFrom("finished_work")
        .select(["key", "outcome"])
        .where("key", "in", keys)
        .execute(),
      this.database
        .selectFrom("unstarted_deliveries")
        .select(["message_id", "count"])
        .where("message_id", "in", messageIds)
        .execute(),
    ]);
    const histories = new Map<string, MessageHistory>(
      unstarted.map(({ message_id, count }) => [message_id, { unstarted: count }]),
    );
    for (const { key, outcome } of finished) {
      const id = key.slice(prefix.length);
      histories.set(id, { unstarted: 0, ...histories.get(id), outcome });
    }
    return histories;
  }

  async record(messageId: string, outcome: FinishedOutcome): Promise<void> {
    await this.database
      .insertInto("finished_work")
      .values({ key: prefix + messageId, outcome })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async recordUnstarted(messageId: string): Promise<void> {
    await this.database
      .insertInto("unstarted_deliveries")
      .values({ message_id: messageId, count: 1 })
      .onConflict((conflict) =>
        conflict.column("message_id").doUpdateSet({
          count: sql`unstarted_deliveries.count + 1`,
          last_at: sql`now()`,
        }),
      )
      .execute();
  }

  /** Forgets, of messages and of objects, what ended longer ago than a message can live. Returns how
   *  many rows went. */
  async forgetOutlived(now: Date): Promise<number> {
    const oldest = new Date(now.getTime() - retentionDays * 86_400_000);
    const results = await Promise.all([
      this.database
        .deleteFrom("finished_work")
        .where("finished_at", "<", oldest)
        .executeTakeFirst(),
      this.database
        .deleteFrom("unstarted_deliveries")
        .where("last_at", "<", oldest)
        .executeTakeFirst(),
    ]);
    return results.reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
  }
}
