import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { stateKeys, stateTable } from "../../contracts/state-table";

const keptSeconds = 3600;

/** Records that this version received a test message. */
export async function markCheck(
  dynamo: Pick<DynamoDBClient, "send">,
  { table, checkId, version }: { table: string; checkId: string; version: string },
): Promise<void> {
  await dynamo.send(
    new PutItemCommand({
      TableName: table,
      Item: {
        [stateTable.key]: { S: stateKeys.check(checkId) },
        version: { S: version },
        [stateTable.expiry]: { N: String(Math.floor(Date.now() / 1000) + keptSeconds) },
      },
    }),
  );
}
