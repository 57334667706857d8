import { Kysely, PostgresDialect } from "kysely";
import { type CustomTypesConfig, Pool, types } from "pg";
import { reachablePool } from "./reachable-pool";
import { databaseConnection } from "./tls";

export interface DatabaseOptions {
  /** What messages call the database: "the index's database". */
  name: string;
  /** Name of the program, which the server shows beside its connections. */
  applicationName: string;
  maxConnections: number;
  /** Longest time that a statement may take. */
  statementTimeoutMs: number;
  /** Called when a connection breaks. The next query opens a new one. */
  onConnectionLost: (error: Error) => void;
  /** Certificates of CAs (PEM) that are trusted besides the usual ones. */
  ca?: string;
}

/** pg would make a moment in the time zone of this machine of a day. */
const datesAsText: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text"): unknown =>
    oid === Number(types.builtins.DATE)
      ? String
      : types.getTypeParser(oid, format)) as CustomTypesConfig["getTypeParser"],
};

/** A pool of connections. The first one is made by the first query. */
export function connectDatabase<Schema>(
  databaseUrl: string,
  options: DatabaseOptions,
): Kysely<Schema> {
  const { statementTimeoutMs } = options;
  const pool = new Pool({
    ...databaseConnection(databaseUrl, options.ca),
    max: options.maxConnections,
    application_name: options.applicationName,
    connectionTimeoutMillis: Math.min(10_000, statementTimeoutMs),
    idle_in_transaction_session_timeout: 60_000,
    statement_timeout: statementTimeoutMs,
    keepAlive: true,
    types: datesAsText,
  });
  const onLost = (error: Error) => {
    // A closing pool does not wait for its connections to be gone.
    if (!pool.ending) options.onConnectionLost(error);
  };
  // An idle connection reports to the pool, one in use to itself (and fails its query as well):
  // without a listener either would end the process.
  pool.on("error", onLost);
  pool.on("connect", (client) => client.on("error", onLost));
  // The server ends a statement by itself, so no answer after that means that none will come.
  return new Kysely<Schema>({
    dialect: new PostgresDialect({
      pool: reachablePool(pool, options.name, statementTimeoutMs * 1.25),
    }),
  });
}
