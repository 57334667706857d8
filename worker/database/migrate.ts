import { type Kysely, sql } from "kysely";
import { Migrator } from "kysely/migration";
import { describeError } from "../job/describe-error";
import { UnavailableError } from "../job/errors";

export interface Migrations {
  /** What messages call the database. */
  name: string;
  /** Of the two tables in which the database records what was applied. */
  tablePrefix: string;
  /** SQL by name, in the order of the names. */
  migrations: Readonly<Record<string, string>>;
}

/** Brings the database to this version's tables and returns what it applied. Safe to call from many
 *  processes at once: one at a time runs, in a transaction under an advisory lock. */
export async function migrateDatabase<Schema>(
  database: Kysely<Schema>,
  { name, tablePrefix, migrations }: Migrations,
): Promise<string[]> {
  const migrator = new Migrator({
    db: database,
    migrationTableName: `${tablePrefix}_migration`,
    migrationLockTableName: `${tablePrefix}_migration_lock`,
    provider: { getMigrations: () => Promise.resolve(asMigrations(migrations)) },
  });
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error instanceof UnavailableError) throw error;
  if (error !== undefined) {
    const failed = results.find((result) => result.status === "Error");
    const where = failed === undefined ? "" : ` (${failed.migrationName})`;
    throw new Error(
      `${capitalised(name)} could not be brought up to date${where}: ${describeError(error)}`,
      { cause: error },
    );
  }
  return results.map((result) => result.migrationName);
}

const asMigrations = (migrations: Migrations["migrations"]) =>
  Object.fromEntries(
    Object.entries(migrations).map(([name, text]) => [
      name,
      {
        up: async (database: Kysely<unknown>) => {
          await sql.raw(text).execute(database);
        },
      },
    ]),
  );

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
