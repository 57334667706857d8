import { connectDatabase, migrateDatabase } from "../database";
import { IndexStore } from "./index-store";
import { migrations } from "./migrations";
import type { IndexSchema } from "./schema";

export interface IndexStoreOptions {
  /** Connections at most; one per message worked on is enough. */
  maxConnections: number;
  /** Longest a statement may take; default 120,000. */
  statementTimeoutMs?: number;
  /** Told when a connection breaks; the next query opens a new one. */
  onConnectionLost: (error: Error) => void;
  /** Certificates of CAs (PEM) that are trusted besides the usual ones. */
  ca?: string;
}

/** Connects and brings the tables up to date. */
export async function openIndexStore(
  databaseUrl: string,
  options: IndexStoreOptions,
): Promise<IndexStore> {
  const name = "the index's database";
  const database = connectDatabase<IndexSchema>(databaseUrl, {
    name,
    applicationName: "queuefleet-worker",
    statementTimeoutMs: 120_000,
    ...options,
  });
  try {
    await migrateDatabase(database, { name, tablePrefix: "index", migrations });
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return new IndexStore(database);
}
