import { mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import type * as sqliteModule from "node:sqlite";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { FinishedOutcome, Ledger, MessageHistory } from "./consumer/finished-work";
import type { Log } from "./job/log";

/** A message lives 14 days in its queue and 14 more in the dead-letter queue at most (SQS quota). */
const retentionMs = 29 * 86_400_000;

/** About 100 MB. The oldest are forgotten first. */
const mostMessages = 1_000_000;

const schema = `
  create table if not exists messages (
    id text primary key,
    outcome text,
    unstarted integer not null default 0,
    at integer not null
  ) without rowid;
  create index if not exists messages_at on messages (at);
`;

/** The ledger of a machine without a database: a file that its workers share. What is recorded survives the end of the
 *  process, however it ends, before the next line of code runs. */
export class DiskLedger implements Ledger {
  private readonly statements: Record<"find" | "record" | "unstarted" | "forget", StatementSync>;

  private constructor(private readonly database: DatabaseSync) {
    this.statements = {
      find: database.prepare("select outcome, unstarted from messages where id = ?"),
      record: database.prepare(
        "insert into messages (id, outcome, at) values (?, ?, ?) on conflict (id) do update set outcome = coalesce(outcome, excluded.outcome), at = excluded.at",
      ),
      unstarted: database.prepare(
        "insert into messages (id, unstarted, at) values (?, 1, ?) on conflict (id) do update set unstarted = unstarted + 1, at = excluded.at",
      ),
      forget: database.prepare(
        "delete from messages where at < max(?, coalesce((select at from messages order by at desc limit 1 offset ?), 0))",
      ),
    };
  }

  /** Opens the file, and creates it if it is missing. A broken one is put aside: work may be repeated, but it goes on. */
  static open(file: string, log: Log): DiskLedger {
    mkdirSync(dirname(file), { recursive: true });
    try {
      return new DiskLedger(openDatabase(file));
    } catch (error) {
      if (!isBroken(error)) throw error;
      const aside = `${file}.broken-${Date.now()}`;
      renameSync(file, aside);
      log.error({ err: error, aside }, "the ledger of finished work is broken; a new one is begun");
      return new DiskLedger(openDatabase(file));
    }
  }

  find(messageIds: readonly string[]): Promise<ReadonlyMap<string, MessageHistory>> {
    return settled(() => {
      const found = new Map<string, MessageHistory>();
      for (const id of messageIds) {
        const row = this.statements.find.get(id) as Row | undefined;
        if (row === undefined) continue;
        found.set(id, { outcome: row.outcome ?? undefined, unstarted: row.unstarted });
      }
      return found;
    });
  }

  record(messageId: string, outcome: FinishedOutcome): Promise<void> {
    return settled(() => void this.statements.record.run(messageId, outcome, Date.now()));
  }

  recordUnstarted(messageId: string): Promise<void> {
    return settled(() => void this.statements.unstarted.run(messageId, Date.now()));
  }

  forgetOutlived(now: Date): Promise<number> {
    return settled(() =>
      Number(this.statements.forget.run(now.getTime() - retentionMs, mostMessages).changes),
    );
  }

  close(): void {
    this.database.close();
  }
}

interface Row {
  outcome: FinishedOutcome | null;
  unstarted: number;
}

/** The calls do not wait; their errors come as those of other ledgers do. */
function settled<Result>(call: () => Result): Promise<Result> {
  return new Promise((resolve) => resolve(call()));
}

function openDatabase(file: string): DatabaseSync {
  const database = new (sqlite().DatabaseSync)(file);
  // With WAL, a write is one append, and readers do not wait. NORMAL: what was written survives the process; only a loss
  // of power may take the last writes, and then their messages are done again.
  database.exec(
    "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal",
  );
  database.exec(schema);
  return database;
}

/** Node warns at the first use that the module may change. The worker's log is JSON. */
function sqlite(): typeof sqliteModule {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const isBroken = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && [11, 26].includes(Number(error.errcode));
