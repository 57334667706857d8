import { type DynamoDBClient, GetItemCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import {
  type BackPressureCall,
  type Breaker,
  breakerSchema,
  failureLimit,
} from "../../contracts/back-pressure";
import { stateKeys, stateTable } from "../../contracts/state-table";
import { describeError } from "../job/describe-error";
import type { Log } from "../job/log";

export interface BreakerTools {
  dynamo: Pick<DynamoDBClient, "send">;
  lambda: Pick<LambdaClient, "send">;
  table: string;
  worker: string;
  /** The function that pauses the worker. Undefined: failures are only counted. */
  backPressureFunction: string | undefined;
}

/** Counts how often an API failed in a row, over all calls of its worker, and asks for a pause. What it cannot do is logged
 *  and changes nothing for the message. */
export class ApiBreaker {
  constructor(private readonly tools: BreakerTools) {}

  /** Costs one write. Resolves to whether the API fails for others too. `isLastChance`: this message cannot wait for more
   *  failures, so the pause is asked for now. */
  async failed(reason: string, isLastChance: boolean, log: Log): Promise<boolean> {
    const breaker = await this.count(log);
    // Nothing is known, and a message must not be lost for that.
    if (breaker === undefined) return true;
    const { state, failures } = breaker;
    const isFailing = state === "open" || failures >= failureLimit(breaker);
    if (state !== "open" && (isFailing || isLastChance)) await this.askForPause(reason, log);
    return isFailing;
  }

  /** Costs one eventually consistent read (half a read unit, about 5 ms), and a write only if failures were counted or a
   *  trial is under way. */
  async succeeded(log: Log): Promise<void> {
    try {
      const { Item } = await this.tools.dynamo.send(
        new GetItemCommand({ TableName: this.tools.table, Key: this.key }),
      );
      const { state, failures } = breakerIn(Item);
      if (failures > 0 || state === "half-open") await this.reset(state);
    } catch (error) {
      log.warn({ reason: describeError(error) }, "a success of the API was not counted");
    }
  }

  private async count(log: Log): Promise<Breaker | undefined> {
    try {
      const { Attributes } = await this.tools.dynamo.send(
        new UpdateItemCommand({
          TableName: this.tools.table,
          Key: this.key,
          UpdateExpression: "ADD #failures :one",
          ExpressionAttributeNames: { "#failures": "failures" },
          ExpressionAttributeValues: { ":one": { N: "1" } },
          ReturnValues: "ALL_NEW",
        }),
      );
      return breakerIn(Attributes);
    } catch (error) {
      log.error({ reason: describeError(error) }, "a failure of the API was not counted");
      return undefined;
    }
  }

  private async reset(state: Breaker["state"]): Promise<void> {
    await this.tools.dynamo
      .send(
        new UpdateItemCommand({
          TableName: this.tools.table,
          Key: this.key,
          UpdateExpression: "SET #failures = :none, #succeededAt = :now",
          // A success from before the state changed says nothing about the new one.
          ConditionExpression:
            state === "closed"
              ? "attribute_not_exists(#state) OR #state = :state"
              : "#state = :state",
          ExpressionAttributeNames: {
            "#failures": "failures",
            "#succeededAt": "succeededAt",
            "#state": "state",
          },
          ExpressionAttributeValues: {
            ":none": { N: "0" },
            ":now": { S: new Date().toISOString() },
            ":state": { S: state },
          },
        }),
      )
      .catch((error: unknown) => {
        if ((error as Error).name !== "ConditionalCheckFailedException") throw error;
      });
  }

  private async askForPause(reason: string, log: Log): Promise<void> {
    const { backPressureFunction, lambda, worker } = this.tools;
    if (backPressureFunction === undefined) return;
    const call: BackPressureCall = { pause: worker, reason };
    try {
      await lambda.send(
        new InvokeCommand({
          FunctionName: backPressureFunction,
          InvocationType: "Event",
          Payload: Buffer.from(JSON.stringify(call)),
        }),
      );
      log.warn({ worker, because: reason }, "asked for a pause");
    } catch (error) {
      log.error({ reason: describeError(error) }, "could not ask for a pause");
    }
  }

  private get key() {
    return { [stateTable.key]: { S: stateKeys.breaker(this.tools.worker) } };
  }
}

function breakerIn(item: Record<string, { S?: string; N?: string }> | undefined): Breaker {
  return breakerSchema.parse({
    state: item?.state?.S,
    failures: item?.failures?.N === undefined ? undefined : Number(item.failures.N),
    since: item?.since?.S,
    succeededAt: item?.succeededAt?.S,
  });
}
