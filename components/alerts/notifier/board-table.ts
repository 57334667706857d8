import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import { stateTable } from "../../../contracts/state-table";
import type { LogEntry } from "../../function/handler-parts";
import { boardSchema, emptyBoard, type Board } from "./board";

export interface BoardStore {
  /** Reads the board, changes it, and writes it if it is another one. The change is made again if another call was faster, so
   *  it must not have effects. Rejects if the board cannot be read or written. */
  change<Result>(change: (board: Board) => { board: Board; result: Result }): Promise<Result>;
}

const id = "incidents";

/** An item that nobody has written for so long is of no use. Seconds. */
const expiresAfter = 90 * 24 * 3600;

/** Ten calls at the same moment need up to ten attempts each. */
const mostAttempts = 40;

/** The board as an item of a DynamoDB table. A counter tells whether somebody else has written it meanwhile. */
export class BoardTable implements BoardStore {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly tableName: string,
    private readonly parts: { log: (entry: LogEntry) => void; wait: (ms: number) => Promise<void> },
  ) {}

  async change<Result>(
    change: (board: Board) => { board: Board; result: Result },
  ): Promise<Result> {
    for (let attempt = 1; ; attempt += 1) {
      const { board: before, version } = await this.read();
      const { board, result } = change(before);
      if (board === before) return result;
      try {
        await this.write(board, version);
        return result;
      } catch (error) {
        const isLate = error instanceof ConditionalCheckFailedException;
        if (!isLate || attempt === mostAttempts) throw error;
        await this.parts.wait(Math.random() * Math.min(20 * attempt, 200));
      }
    }
  }

  private async read(): Promise<{ board: Board; version: number }> {
    const { Item } = await this.client.send(
      new GetItemCommand({
        TableName: this.tableName,
        Key: { [stateTable.key]: { S: id } },
        ConsistentRead: true,
      }),
    );
    if (Item === undefined) return { board: emptyBoard, version: 0 };
    return { board: this.parse(Item.board?.S ?? ""), version: Number(Item.version?.N ?? 0) };
  }

  /** A board that cannot be read counts as lost: every alarm that is on is told again. */
  private parse(text: string): Board {
    try {
      return boardSchema.parse(JSON.parse(text));
    } catch (error) {
      this.parts.log({ level: "error", msg: "the incidents are unreadable", error: String(error) });
      return emptyBoard;
    }
  }

  private async write(board: Board, version: number): Promise<void> {
    await this.client.send(
      new PutItemCommand({
        TableName: this.tableName,
        Item: {
          [stateTable.key]: { S: id },
          board: { S: JSON.stringify(board) },
          version: { N: String(version + 1) },
          [stateTable.expiry]: { N: String(Math.floor(Date.now() / 1000) + expiresAfter) },
        },
        ConditionExpression: "attribute_not_exists(#id) OR #version = :version",
        ExpressionAttributeNames: { "#id": stateTable.key, "#version": "version" },
        ExpressionAttributeValues: { ":version": { N: String(version) } },
      }),
    );
  }
}
