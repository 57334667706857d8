import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  GetAliasCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { checkable, checkAttribute } from "../../../contracts/function-check";
import { messageCheckRequestSchema } from "../../../contracts/message-check";
import { stateKeys, stateTable } from "../../../contracts/state-table";
import { logLine, requiredVariable } from "../../function/handler-parts";
import { checkMessage, type Effects } from "./message-check";

const table = requiredVariable("STATE_TABLE");
const Name = requiredVariable("ALIAS");
const dynamo = new DynamoDBClient({});
const lambda = new LambdaClient({});
const sqs = new SQSClient({});

const versionIn = async (id: string): Promise<string | undefined> => {
  const { Item } = await dynamo.send(
    new GetItemCommand({
      TableName: table,
      Key: { [stateTable.key]: { S: id } },
      ConsistentRead: true,
    }),
  );
  return Item?.version?.S;
};

const effects: Effects = {
  aliasVersion: async (FunctionName) =>
    (await lambda.send(new GetAliasCommand({ FunctionName, Name }))).FunctionVersion ?? "",
  moveAlias: async (FunctionName, FunctionVersion) => {
    await lambda.send(new UpdateAliasCommand({ FunctionName, Name, FunctionVersion }));
  },
  mappingState: async (UUID) =>
    (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State ?? "",
  send: async (QueueUrl, checkId) => {
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: "{}",
        MessageAttributes: { [checkAttribute]: { DataType: "String", StringValue: checkId } },
        // A group of its own: it neither waits for devices nor delays one.
        MessageGroupId: "message-check",
        ...(QueueUrl.endsWith(".fifo") ? { MessageDeduplicationId: checkId } : {}),
      }),
    );
  },
  receivedBy: (checkId) => versionIn(stateKeys.check(checkId)),
  lastVerified: (functionName) => versionIn(stateKeys.verified(functionName)),
  remember: async (functionName, version) => {
    await dynamo.send(
      new PutItemCommand({
        TableName: table,
        Item: {
          [stateTable.key]: { S: stateKeys.verified(functionName) },
          version: { S: version },
        },
      }),
    );
  },
  wait: (ms) => delay(ms),
  now: () => Date.now(),
  newId: () => randomUUID(),
};

/** The Lambda function's entry. */
export const handler = checkable(async (event: unknown) => {
  const request = messageCheckRequestSchema.parse(event);
  const answer = await checkMessage(request, effects);
  logLine({ level: "info", msg: "message check", ...request, ...answer });
  return answer;
});
