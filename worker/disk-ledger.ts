import { mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { sqlite } from "../contracts/sqlite";
import type { FinishedOutcome, Ledger, MessageHistory } from "./consumer/finished-work";
import { DoneMarks } from "./done-marks";
import { UnavailableError } from "./job/errors";
import type { Log } from "./job/log";

/** A message lives 14 days in its queue and 14 more in the dead-letter queue at most (SQS quota). */
const retentionMs = 29 * 86_400_000;

/** About 100 MB. The oldest are forgotten first. */
const mostMessages = 1_000_000;

/** A write waits so long for that of another worker. Nothing else runs meanwhile, so it is short: a write takes less than
 *  a millisecond, and what holds the file for longer is waited for without blocking. */
const longestBlockMs = 50;

const schema = `
  create table if not exists work (
    id text primary key,
    outcome text,
    starts integer not null default 0,
    at integer not null
  ) without rowid;
  create index if not exists work_at on work (at);
`;

/** The ledger of a machine without a database: a file that its workers share. What is recorded survives the end of the
 *  process, however it ends, before the next line of code runs. */
export class DiskLedger implements Ledger {
  private readonly statements: Record<"find" | "record" | "starts" | "forget", StatementSync>;

  private constructor(
    private readonly database: DatabaseSync,
    private readonly marks: DoneMarks,
    private readonly log: Log,
  ) {
    this.statements = {
      find: database.prepare("select outcome, starts from work where id = ?"),
      record: database.prepare(
        "insert into work (id, outcome, at) values (?, ?, ?) on conflict (id) do update set outcome = coalesce(outcome, excluded.outcome), at = excluded.at",
      ),
      starts: database.prepare(
        "insert into work (id, starts, at) values (?, ?, ?) on conflict (id) do update set starts = max(0, starts + excluded.starts), at = excluded.at",
      ),
      forget: database.prepare(
        "delete from work where at < max(?, coalesce((select at from work order by at desc limit 1 offset ?), 0))",
      ),
    };
  }

  /** Opens the file, and creates it if it is missing. A broken one is put aside: work may be repeated, but it goes on. */
  static open(paths: { file: string; doneMarks: string }, log: Log): DiskLedger {
    const { file } = paths;
    mkdirSync(dirname(file), { recursive: true });
    const marks = DoneMarks.open(paths.doneMarks);
    try {
      return new DiskLedger(openDatabase(file), marks, log);
    } catch (error) {
      if (!hasCode(error, brokenCodes)) throw error;
      const aside = `${file}.broken-${Date.now()}`;
      renameSync(file, aside);
      log.error({ err: error, aside }, "the ledger of finished work is broken; a new one is begun");
      return new DiskLedger(openDatabase(file), marks, log);
    }
  }

  /** File that a program leaves when it has done the work of the message. */
  doneMark(messageId: string): string {
    return this.marks.fileOf(messageId);
  }

  find(messageIds: readonly string[]): Promise<ReadonlyMap<string, MessageHistory>> {
    return settled(() => new Map(messageIds.map((id) => [id, this.history(id)])));
  }

  record(messageId: string, outcome: FinishedOutcome): Promise<void> {
    return settled(() => {
      this.statements.record.run(messageId, outcome, Date.now());
      // Only now: if the line could not be written, the mark says the same.
      if (outcome === "done") this.marks.remove(messageId);
    });
  }

  countStart(messageId: string, change: 1 | -1): Promise<void> {
    return settled(() => void this.statements.starts.run(messageId, change, Date.now()));
  }

  /** Starts are counted, so a delivery without one needs no note. */
  recordUnstarted(): Promise<void> {
    return Promise.resolve();
  }

  forgetOutlived(now: Date): Promise<number> {
    return settled(() => {
      const oldest = now.getTime() - retentionMs;
      this.marks.removeOlderThan(new Date(oldest));
      return Number(this.statements.forget.run(oldest, mostMessages).changes);
    });
  }

  close(): void {
    this.database.close();
  }

  private history(id: string): MessageHistory {
    const marked = this.marks.has(id) ? "done" : undefined;
    try {
      const row = this.statements.find.get(id) as Row | undefined;
      return { outcome: row?.outcome ?? marked, starts: row?.starts ?? 0 };
    } catch (error) {
      if (marked !== undefined) return { outcome: marked };
      // Another process holds the file. That ends, and no message is the cause.
      if (hasCode(error, busyCodes)) throw new UnavailableError("the ledger on disk", error);
      this.log.error(
        { err: error, messageId: id },
        "the ledger on disk cannot be read; work may be done again",
      );
      return {};
    }
  }
}

interface Row {
  outcome: FinishedOutcome | null;
  starts: number;
}

/** The calls do not wait; their errors come as those of other ledgers do. */
function settled<Result>(call: () => Result): Promise<Result> {
  return new Promise((resolve) => resolve(call()));
}

function openDatabase(file: string): DatabaseSync {
  const database = new (sqlite().DatabaseSync)(file);
  // With WAL, a write is one append, and readers do not wait. NORMAL: what was written survives the process; only a loss
  // of power may take the last writes, and then their messages are done again. To open it, there is more time.
  database.exec(
    "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal",
  );
  database.exec(schema);
  database.exec(`pragma busy_timeout = ${longestBlockMs}`);
  return database;
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const brokenCodes = [11, 26];

/** SQLITE_BUSY and SQLITE_LOCKED. */
const busyCodes = [5, 6];

/** Extended codes have the plain one in their last byte. */
const hasCode = (error: unknown, codes: readonly number[]): boolean =>
  error instanceof Error && "errcode" in error && codes.includes(Number(error.errcode) & 0xff);
