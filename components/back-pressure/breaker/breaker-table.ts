import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { stateKeys, stateTable } from "../../../contracts/state-table";
import type { Breakers } from "./back-pressure";
import { guardedBreakerSchema, type GuardedBreaker } from "./step";

const text = (value: string): AttributeValue => ({ S: value });
const number = (value: number): AttributeValue => ({ N: String(value) });
const map = <T>(record: Record<string, T>, of: (value: T) => AttributeValue): AttributeValue => ({
  M: Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)])),
});

/** The breakers in the state table. The workers write to the same items: `failures` and `succeededAt`. */
export class BreakerTable implements Breakers {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
  ) {}

  async read(worker: string): Promise<GuardedBreaker> {
    const { Item = {} } = await this.client.send(
      new GetItemCommand({
        TableName: this.tableName,
        Key: this.key(worker),
        ConsistentRead: true,
      }),
    );
    return guardedBreakerSchema.parse(plain({ M: Item }));
  }

  async write(
    worker: string,
    before: GuardedBreaker,
    after: GuardedBreaker,
  ): Promise<GuardedBreaker | undefined> {
    const revision = before.revision + 1;
    const values: Record<string, AttributeValue | undefined> = {
      state: text(after.state),
      since: after.since === undefined ? undefined : text(after.since),
      failedTrials: number(after.failedTrials),
      reason: after.reason === undefined ? undefined : text(after.reason),
      ticks: number(after.ticks),
      mappings: map(after.mappings, text),
      drains: map(after.drains, number),
      lease: after.lease === undefined ? undefined : map(after.lease, text),
      revision: number(revision),
      // The workers count it meanwhile.
      ...(after.failures !== before.failures && { failures: number(after.failures) }),
    };
    const names = Object.keys(values);
    const set = names.filter((name) => values[name] !== undefined);
    const removed = names.filter((name) => values[name] === undefined);
    const updates = [
      `SET ${set.map((name) => `#${name} = :${name}`).join(", ")}`,
      ...(removed.length === 0 ? [] : [`REMOVE ${removed.map((name) => `#${name}`).join(", ")}`]),
    ];
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.tableName,
          Key: this.key(worker),
          UpdateExpression: updates.join(" "),
          ConditionExpression:
            before.revision === 0 ? "attribute_not_exists(#revision)" : "#revision = :before",
          ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
          ExpressionAttributeValues: {
            ...Object.fromEntries(set.map((name) => [`:${name}`, values[name] as AttributeValue])),
            ...(before.revision > 0 && { ":before": number(before.revision) }),
          },
        }),
      );
      return { ...after, revision };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  private key(worker: string): Record<string, AttributeValue> {
    return { [stateTable.key]: text(stateKeys.breaker(worker)) };
  }
}

/** The value of an attribute, of the kinds that a breaker has. */
function plain(value: AttributeValue): unknown {
  if (value.S !== undefined) return value.S;
  if (value.N !== undefined) return Number(value.N);
  if (value.M !== undefined) {
    return Object.fromEntries(Object.entries(value.M).map(([key, part]) => [key, plain(part)]));
  }
  return undefined;
}
