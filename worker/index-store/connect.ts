import { X509Certificate } from "node:crypto";
import { GetParameterCommand, type SSMClient } from "@aws-sdk/client-ssm";
import { Kysely, PostgresDialect } from "kysely";
import { Pool } from "pg";
import { orUnavailable } from "../job/aws-unavailable";
import { IndexStore } from "./index-store";
import { migrate } from "./migrate";
import { reachablePool } from "./reachable-pool";
import { databaseConnection } from "./tls";
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

/** The connection string is a secret: it is read here, used here, and never part of a message. */
export async function readDatabaseUrl(
  ssm: Pick<SSMClient, "send">,
  parameterName: string,
): Promise<string> {
  const url = await parameterValue(ssm, parameterName);
  if (url === undefined || !URL.canParse(url) || !/^postgres(ql)?:$/.test(new URL(url).protocol)) {
    throw new Error(
      `SSM parameter ${parameterName} does not hold a PostgreSQL connection string; ` +
        "put one such as postgresql://user:password@host:5432/database?sslmode=verify-full as a SecureString.",
    );
  }
  return url;
}

/** Certificates of CAs. They are public, so the parameter need not be a SecureString. */
export async function readDatabaseCa(
  ssm: Pick<SSMClient, "send">,
  parameterName: string,
): Promise<string> {
  const pem = (await parameterValue(ssm, parameterName)) ?? "";
  try {
    // Throws unless the first one can be read.
    new X509Certificate(pem);
    return pem;
  } catch (error) {
    throw new Error(
      `SSM parameter ${parameterName} does not hold certificates in PEM ("-----BEGIN CERTIFICATE-----"): ${(error as Error).message}`,
    );
  }
}

async function parameterValue(
  ssm: Pick<SSMClient, "send">,
  Name: string,
): Promise<string | undefined> {
  const { Parameter } = await ssm
    .send(new GetParameterCommand({ Name, WithDecryption: true }))
    .catch((error: unknown) => {
      throw orUnavailable("SSM", error);
    });
  return Parameter?.Value;
}

/** Connects and brings the tables up to date. */
export async function openIndexStore(
  databaseUrl: string,
  options: IndexStoreOptions,
): Promise<IndexStore> {
  const { statementTimeoutMs = 120_000 } = options;
  const pool = new Pool({
    ...databaseConnection(databaseUrl, options.ca),
    max: options.maxConnections,
    application_name: "queuefleet-worker",
    connectionTimeoutMillis: Math.min(10_000, statementTimeoutMs),
    idle_in_transaction_session_timeout: 60_000,
    statement_timeout: statementTimeoutMs,
    keepAlive: true,
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
  const dialect = new PostgresDialect({ pool: reachablePool(pool, statementTimeoutMs * 1.25) });
  const database = new Kysely<IndexSchema>({ dialect });
  try {
    await migrate(database);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  return new IndexStore(database);
}
