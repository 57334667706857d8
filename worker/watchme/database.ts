import type { SSMClient } from "@aws-sdk/client-ssm";
import type { Kysely } from "kysely";
import { connectDatabase, migrateDatabase, readDatabaseCa, readDatabaseUrl } from "../database";
import { UnavailableError } from "../job/errors";
import type { Log } from "../job/log";
import type { DatabaseVariables } from "../lambda/environment";
import { migrations } from "./migrations";
import type { WatchmeSchema } from "./schema";

export type WatchmeDatabase = Kysely<WatchmeSchema>;

const name = "WatchMe's database";

/** Between two calls Lambda stops a function. After this time the server, or something on the way to it, may have dropped
 *  connections that look open here. */
const longestPauseMs = 60_000;

export interface DatabaseTools {
  environment: DatabaseVariables;
  ssm: Pick<SSMClient, "send">;
  log: Log;
  /** Longest time that a statement may take. Default 30,000. */
  statementTimeoutMs?: number;
  now?: () => number;
}

/** The database, connected and brought up to date by the first use, and kept for the next calls. */
export class LazyDatabase {
  private opened: Promise<WatchmeDatabase> | undefined;
  private lastUse = 0;
  private uses = 0;

  constructor(private readonly tools: DatabaseTools) {}

  async use<Result>(work: (database: WatchmeDatabase) => Promise<Result>): Promise<Result> {
    const now = this.tools.now ?? Date.now;
    // Not waited for: a connection that is gone does not say so.
    if (this.uses === 0 && now() - this.lastUse > longestPauseMs) void this.close();
    this.uses += 1;
    try {
      return await work(await this.connected());
    } finally {
      this.uses -= 1;
      this.lastUse = now();
    }
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = undefined;
    await opened?.then((database) => database.destroy()).catch(() => undefined);
  }

  private connected(): Promise<WatchmeDatabase> {
    this.opened ??= this.open().catch((error: unknown) => {
      // What is wrong may be the parameter, so it is read again next time.
      this.opened = undefined;
      // Whatever it is, no message is the cause.
      throw error instanceof UnavailableError ? error : new UnavailableError(name, error);
    });
    return this.opened;
  }

  private async open(): Promise<WatchmeDatabase> {
    const { environment, ssm, log, statementTimeoutMs = 30_000 } = this.tools;
    const { DATABASE_URL_PARAMETER: url, DATABASE_CA_PARAMETER: ca } = environment;
    const database = connectDatabase<WatchmeSchema>(await readDatabaseUrl(ssm, url), {
      name,
      applicationName: "watchme",
      ca: ca === undefined ? undefined : await readDatabaseCa(ssm, ca),
      // A call works on at most ten messages at once, and there may be many calls.
      maxConnections: 3,
      statementTimeoutMs,
      onConnectionLost: (error) =>
        log.warn({ err: error }, "a connection to the database was lost"),
    });
    try {
      await migrateDatabase(database, { name, tablePrefix: "watchme", migrations });
      return database;
    } catch (error) {
      await database.destroy();
      throw error;
    }
  }
}
