import { type Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { describeError } from "../job/describe-error";
import { UnavailableError } from "../job/errors";
import { migrations } from "./migrations";
import type { IndexSchema } from "./schema";

/** Brings the database to this version's tables and returns what it applied. Safe to call from every
 *  machine at once: one at a time runs, in a transaction under an advisory lock. */
export async function migrate(database: Kysely<IndexSchema>): Promise<string[]> {
  const migrator = new Migrator({
    db: database,
    migrationTableName: "index_migration",
    migrationLockTableName: "index_migration_lock",
    provider: { getMigrations: () => Promise.resolve(asMigrations()) },
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error instanceof UnavailableError) throw error;
  if (error !== undefined) {
    const failed = results.find((result) => result.status === "Error");
    const where = failed === undefined ? "" : ` (${failed.migrationName})`;
    throw new Error(
      `The index's database could not be brought up to date${where}: ${describeError(error)}`,
      { cause: error },
    );
  }
  return results.map((result) => result.migrationName);
}

function asMigrations() {
  return Object.fromEntries(
    Object.entries(migrations).map(([name, text]) => [
      name,
      {
        up: async (database: Kysely<unknown>) => {
          await sql.raw(text).execute(database);
        },
      },
    ]),
  );
}
