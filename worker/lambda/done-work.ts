import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  IdempotencyAlreadyInProgressError,
  IdempotencyConfig,
  IdempotencyPersistenceLayerError,
  makeIdempotent,
} from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import type { Context } from "aws-lambda";
import type { LambdaContext } from "../../contracts/function-check";
import { stateKeys, stateTable } from "../../contracts/state-table";
import { UnavailableError } from "../job/errors";
import { PostponedError } from "./errors";

/** A message lives 14 days in its queue and 14 more in the dead-letter queue at most (SQS quota). */
const keptSeconds = 29 * 86_400;

/** What came of work: done now, or done before, or done now without that being remembered. */
export type DoneOutcome = "done" | "done before" | "done, not remembered";

/** Does each piece of work once, however often its message comes: remembered in the state table by Powertools. */
export class DoneWork {
  private readonly store: DynamoDBPersistenceLayer;

  constructor(
    client: DynamoDBClient,
    table: string,
    private readonly worker: string,
  ) {
    this.store = new DynamoDBPersistenceLayer({
      tableName: table,
      keyAttr: stateTable.key,
      expiryAttr: stateTable.expiry,
      awsSdkV3Client: client,
    });
  }

  /** Runs the work unless it was done. While another call does it, a PostponedError: that call may yet fail. It may have been
   *  killed, too, so it counts only for as long as it could run. */
  async once(key: string, context: LambdaContext, work: () => Promise<void>): Promise<DoneOutcome> {
    // Powertools reports a work's error as it came, unless it cannot delete its own record; then only that is reported.
    let end: { failed: false } | { failed: true; error: unknown } | undefined;
    const run = makeIdempotent(
      async (_key: string) => {
        try {
          await work();
          end = { failed: false };
        } catch (error) {
          end = { failed: true, error };
          throw new Error("the work failed");
        }
      },
      {
        persistenceStore: this.store,
        keyPrefix: stateKeys.done(this.worker),
        config: new IdempotencyConfig({
          expiresAfterSeconds: keptSeconds,
          hashFunction: "sha256",
          // Of Lambda's context it reads only the remaining time.
          lambdaContext: context as Context,
        }),
      },
    );
    const fault = await run(key).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (end?.failed === true) throw end.error;
    if (fault === undefined) return end === undefined ? "done before" : "done";
    // Failing now would do it again.
    if (end !== undefined) return "done, not remembered";
    throw whyNotStarted(fault.error);
  }
}

function whyNotStarted(error: unknown): unknown {
  if (error instanceof IdempotencyAlreadyInProgressError) {
    return new PostponedError("another call is doing the same work", { cause: error });
  }
  return error instanceof IdempotencyPersistenceLayerError
    ? new UnavailableError("the state table", error.cause)
    : error;
}
