import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { SQSClient } from "@aws-sdk/client-sqs";
import type { z } from "zod";
import type { Log } from "../job/log";
import type { QueueFunctionVariables } from "./environment";

/** What a worker does with a message. */
export interface QueueWork<Message> {
  /** Of the body, as JSON. */
  schema: z.ZodType<Message>;
  /** The same for the same work, however often and in however many messages it comes. */
  workKey(message: Message): string;
  /** Done when it resolves. What it throws decides what becomes of the message: see `Batch.failed`. */
  process(message: Message, attempt: Attempt): Promise<void>;
}

export interface Attempt {
  log: Log;
  /** Milliseconds that the work may still take. */
  remainingMs(): number;
  isFifo: boolean;
  /** How often SQS may still deliver the message after this attempt. */
  attemptsLeft: number;
}

export interface QueueTools {
  environment: QueueFunctionVariables;
  sqs: SQSClient;
  dynamo: DynamoDBClient;
  log: Log;
  /** Writes a line of metrics. */
  writeLine(line: string): void;
  random?: () => number;
}
