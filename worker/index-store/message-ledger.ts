import type { Kysely } from "kysely";
import type { FinishedOutcome, Ledger } from "../consumer/finished-work";
import type { IndexSchema } from "./schema";

const prefix = "message:";

/** A message lives 14 days in its queue and 14 more in the dead-letter queue at most (SQS quota). */
const retentionDays = 29;

/** The consumer's memory of finished messages, shared by all machines. */
export class MessageLedger implements Ledger {
  constructor(private readonly database: Kysely<IndexSchema>) {}

  async find(messageIds: readonly string[]): Promise<ReadonlyMap<string, FinishedOutcome>> {
    if (messageIds.length === 0) return new Map();
    const rows = await this.database
      .selectFrom("finished_work")
      .select(["key", "outcome"])
      .where(
        "key",
        "in",
        messageIds.map((id) => prefix + id),
      )
      .execute();
    return new Map(rows.map(({ key, outcome }) => [key.slice(prefix.length), outcome]));
  }

  async record(messageId: string, outcome: FinishedOutcome): Promise<void> {
    await this.database
      .insertInto("finished_work")
      .values({ key: prefix + messageId, outcome })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Forgets, of messages and of objects, what ended longer ago than a message can live. Returns how
   *  many rows went. */
  async forgetOutlived(now: Date): Promise<number> {
    const { numDeletedRows } = await this.database
      .deleteFrom("finished_work")
      .where("finished_at", "<", new Date(now.getTime() - retentionDays * 86_400_000))
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
