import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { stateTable } from "../../contracts/state-table";
import { embeddedCloud } from "./cloud";

/** A state table in a fresh account of the embedded cloud. */
export async function createStateTable(): Promise<{ client: DynamoDBClient; tableName: string }> {
  const client = new DynamoDBClient((await embeddedCloud()).account().clientConfig());
  const tableName = "shop-state";
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [{ AttributeName: stateTable.key, KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: stateTable.key, AttributeType: "S" }],
    }),
  );
  return { client, tableName };
}
