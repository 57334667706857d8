import type { PostgresPool } from "kysely";
import { DatabaseError, type Pool, type PoolClient } from "pg";
import { UnavailableError } from "../job/errors";
import { tlsFault } from "./tls";

/** SQLSTATEs about the server or the way to it, never about a statement: connection, resources, shutting
 *  down or starting up, disk, a standby that takes no writes.
 *  Source: PostgreSQL manual, appendix A. */
const serverFaults = /^(08|53|57P0[1-5]|58|25006)/;

/** What pg says itself when a connection ends under a query. */
const brokenConnection = /^(Connection terminated|Client has encountered a connection error)/;
const networkCodes = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/;

/** A pool whose errors say, as UnavailableErrors, when the database (`name` in messages) is unreachable: whatever keeps a
 *  connection from being made (a password that is refused included), what breaks one, and an answer that
 *  does not come in time: a network that drops packets reports nothing for a quarter of an
 *  hour. */
export function reachablePool(pool: Pool, name: string, answerWithinMs: number): PostgresPool {
  const unreachable = (error: unknown) => new UnavailableError(name, error, tlsFault(error));
  return {
    options: pool.options,
    end: () => pool.end(),
    connect: async () => {
      const client = await pool.connect().catch((error: unknown) => {
        throw unreachable(error);
      });
      const query = async (text: string, values: unknown[]) => {
        const cancel = endWhenSilent(client, answerWithinMs);
        try {
          return await client.query(text, values);
        } catch (error) {
          throw isAboutServer(error) ? unreachable(error) : error;
        } finally {
          cancel();
        }
      };
      const release = (destroy?: boolean) => client.release(destroy);
      return Object.assign(Object.create(client) as PoolClient, { query, release });
    },
  };
}

function isAboutServer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return error instanceof DatabaseError
    ? serverFaults.test(code)
    : networkCodes.test(code) || brokenConnection.test(error.message);
}

function endWhenSilent(client: PoolClient, afterMs: number): () => void {
  const timer = setTimeout(() => {
    const error = new Error(`no answer within ${afterMs / 1000} s`);
    client.connection.stream.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
  }, afterMs);
  return () => clearTimeout(timer);
}
