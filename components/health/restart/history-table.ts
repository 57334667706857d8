import {
  ConditionalCheckFailedException,
  GetItemCommand,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { stateKeys, stateTable } from "../../../contracts/state-table";
import { historySchema, type History } from "./history";
import type { Histories, Revised } from "./restarts";

/** The histories in the state table. */
export class HistoryTable implements Histories {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
  ) {}

  async read(api: string): Promise<Revised> {
    const { Item = {} } = await this.client.send(
      new GetItemCommand({ TableName: this.tableName, Key: this.key(api), ConsistentRead: true }),
    );
    return {
      history: historySchema.parse(JSON.parse(Item.history?.S ?? "{}")),
      revision: Number(Item.revision?.N ?? 0),
    };
  }

  async write(api: string, before: Revised, history: History): Promise<Revised | undefined> {
    const revision = before.revision + 1;
    try {
      await this.client.send(
        new UpdateItemCommand({
          TableName: this.tableName,
          Key: this.key(api),
          UpdateExpression: "SET history = :history, revision = :revision",
          ConditionExpression:
            before.revision === 0 ? "attribute_not_exists(revision)" : "revision = :before",
          ExpressionAttributeValues: {
            ":history": { S: JSON.stringify(history) },
            ":revision": { N: String(revision) },
            ...(before.revision > 0 && { ":before": { N: String(before.revision) } }),
          },
        }),
      );
      return { history, revision };
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  private key(api: string): Record<string, AttributeValue> {
    return { [stateTable.key]: { S: stateKeys.restarts(api) } };
  }
}
