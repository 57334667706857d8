import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { sqlite } from "../../../contracts/sqlite";

/** A dead-letter queue keeps a message for 14 days at most (SQS quota). */
const retentionMs = 15 * 86_400_000;

const schema = `
  create table if not exists sent (
    route text not null,
    id text not null,
    state text not null,
    at integer not null,
    primary key (route, id)
  ) without rowid;
`;

/** sending: the call was made, and its answer was not recorded. sent: SQS has confirmed it. deleted: it was also deleted
 *  from the dead-letter queue. */
export type SentState = "sending" | "sent" | "deleted";

export interface Sent {
  state: SentState;
  /** When it was first sent. */
  at: Date;
  /** By a run before this one. */
  isFromBefore: boolean;
}

/** What was sent and not yet deleted, by the letter's id. It outlives the process, so a run after a kill does not send again
 *  what was confirmed, and knows what may be sent a second time. It saves only duplicates: without it, nothing is lost
 *  either. Runs on one machine share the file. */
export class SentRecord {
  private readonly known = new Map<string, Sent>();
  private statements: Record<"find" | "any" | "put" | "remove", StatementSync> | undefined;

  private constructor(
    private readonly database: DatabaseSync | undefined,
    private readonly route: string,
    /** Called once, if the file cannot be used. */
    private readonly onFault: (reason: string) => void,
  ) {
    this.statements = database && {
      find: database.prepare("select state, at from sent where route = ? and id = ?"),
      any: database.prepare("select 1 from sent where route = ? limit 1"),
      put: database.prepare(
        "insert into sent (route, id, state, at) values (?, ?, ?, ?) on conflict do update set state = excluded.state",
      ),
      remove: database.prepare("delete from sent where route = ? and id = ?"),
    };
  }

  /** `route`: from which queue to which. */
  static open(file: string, route: string, onFault: (reason: string) => void): SentRecord {
    try {
      return new SentRecord(openDatabase(file), route, onFault);
    } catch (error) {
      onFault(`${file} cannot be used (${String(error)})`);
      return new SentRecord(undefined, route, () => undefined);
    }
  }

  find(id: string): Sent | undefined {
    const known = this.known.get(id);
    if (known !== undefined) return known;
    const row = this.inFile(({ find }) => find.get(this.route, id)) as
      { state: SentState; at: number } | undefined;
    return row && { state: row.state, at: new Date(row.at), isFromBefore: true };
  }

  /** Whether a run before was killed, or could not delete what it had sent. */
  hasUnfinished(): boolean {
    return this.inFile(({ any }) => any.get(this.route)) !== undefined;
  }

  /** To be called before the call. */
  sending(ids: readonly string[]): void {
    this.put(ids, "sending");
  }

  sent(ids: readonly string[]): void {
    this.put(ids, "sent");
  }

  /** SQS has certainly not taken them. */
  refused(ids: readonly string[]): void {
    for (const id of ids) this.known.delete(id);
    this.remove(ids);
  }

  deleted(ids: readonly string[]): void {
    for (const id of ids)
      this.known.set(id, { state: "deleted", at: new Date(), isFromBefore: false });
    this.remove(ids);
  }

  close(): void {
    this.database?.close();
  }

  private put(ids: readonly string[], state: SentState): void {
    for (const id of ids) {
      const at = this.find(id)?.at ?? new Date();
      this.known.set(id, { state, at, isFromBefore: false });
    }
    this.inFile(({ put }) =>
      this.together(() => {
        for (const id of ids)
          put.run(this.route, id, state, this.known.get(id)?.at.getTime() ?? Date.now());
      }),
    );
  }

  private remove(ids: readonly string[]): void {
    this.inFile(({ remove }) =>
      this.together(() => {
        for (const id of ids) remove.run(this.route, id);
      }),
    );
  }

  private together(writes: () => void): void {
    this.database?.exec("begin immediate");
    try {
      writes();
      this.database?.exec("commit");
    } catch (error) {
      this.database?.exec("rollback");
      throw error;
    }
  }

  /** A full disk must not end a redrive in the middle. */
  private inFile<Result>(
    action: (statements: NonNullable<typeof this.statements>) => Result,
  ): Result | undefined {
    if (this.statements === undefined) return undefined;
    try {
      return action(this.statements);
    } catch (error) {
      this.statements = undefined;
      this.onFault(String(error));
      return undefined;
    }
  }
}

function openDatabase(file: string): DatabaseSync {
  mkdirSync(dirname(file), { recursive: true });
  const database = new (sqlite().DatabaseSync)(file);
  // What was written survives the process; only a loss of power may take the last writes.
  database.exec(
    "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal",
  );
  database.exec(schema);
  database.prepare("delete from sent where at < ?").run(Date.now() - retentionMs);
  return database;
}
