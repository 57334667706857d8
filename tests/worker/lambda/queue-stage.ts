import { randomUUID } from "node:crypto";
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import {
  CreateQueueCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { LambdaContext } from "../../../contracts/function-check";
import { stateTable } from "../../../contracts/state-table";
import type { QueueTools } from "../../../worker/lambda/queue-work";
import { functionLog } from "../../../worker/lambda/log";
import { embeddedCloud, type TestAccount } from "../../support/cloud";
import { eventually } from "../../support/eventually";

export const region = "ap-southeast-2";

export interface QueuedMessage {
  body: string;
  group: string | undefined;
  /** 0: it can be received now. */
  hiddenSeconds: number;
  receiveCount: number;
}

/** What a worker's function needs in an account of its own: a queue and the state table. */
export class QueueStage {
  /** Lines of the log and of metrics, parsed. */
  readonly lines: Record<string, unknown>[] = [];

  private constructor(
    readonly account: TestAccount,
    readonly sqs: SQSClient,
    readonly dynamo: DynamoDBClient,
    readonly queueUrl: string,
    readonly queueArn: string,
    readonly table: string,
  ) {}

  static async create({ fifo = false } = {}): Promise<QueueStage> {
    const account = (await embeddedCloud()).account();
    const sqs = new SQSClient({ ...account.clientConfig(region), useQueueUrlAsEndpoint: false });
    const dynamo = new DynamoDBClient(account.clientConfig(region));
    const name = fifo ? "jobs.fifo" : "jobs";
    const { QueueUrl = "" } = await sqs.send(
      new CreateQueueCommand({
        QueueName: name,
        Attributes: fifo ? { FifoQueue: "true" } : {},
      }),
    );
    await dynamo.send(
      new CreateTableCommand({
        TableName: "state",
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: stateTable.key, KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: stateTable.key, AttributeType: "S" }],
      }),
    );
    const arn = `arn:aws:sqs:${region}:${account.accountId}:${name}`;
    return new QueueStage(account, sqs, dynamo, QueueUrl, arn, "state");
  }

  tools(changes: Partial<QueueTools["environment"]> = {}): QueueTools {
    const collect = (line: string) => this.lines.push(JSON.parse(line) as Record<string, unknown>);
    return {
      environment: {
        WORKER: "asr",
        STATE_TABLE: this.table,
        METRICS_NAMESPACE: "Test/Worker",
        MAX_RECEIVE_COUNT: 3,
        BACK_OFF_SECONDS: 30,
        ...changes,
      },
      sqs: this.sqs,
      dynamo: this.dynamo,
      log: functionLog(collect),
      writeLine: collect,
      random: () => 1,
    };
  }

  /** The lines that contain metrics. */
  get metrics() {
    return this.lines.filter((line) => "_aws" in line);
  }

  logged(text: string) {
    return this.lines.filter(({ msg }) => msg === text);
  }

  async send(
    body: string,
    options: { group?: string; attributes?: Record<string, MessageAttributeValue> } = {},
  ): Promise<void> {
    await this.sqs.send(
      new SendMessageCommand({
        QueueUrl: this.queueUrl,
        MessageBody: body,
        MessageGroupId: options.group,
        MessageAttributes: options.attributes,
        ...(this.queueUrl.endsWith(".fifo") && { MessageDeduplicationId: randomUUID() }),
      }),
    );
  }

  async receive(): Promise<Message[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.queueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 300,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["All"],
      }),
    );
    return Messages;
  }

  /** The event with which Lambda would call the function, once so many messages are there. */
  async event(count: number): Promise<SQSEvent> {
    const found: Message[] = [];
    await eventually(`${count} messages are received`, async () => {
      found.push(...(await this.receive()));
      return found.length >= count;
    });
    return { Records: found.map((message) => this.record(message)) };
  }

  record(message: Message): SQSRecord {
    const attributes = Object.entries(message.MessageAttributes ?? {}).map(
      ([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          dataType: DataType,
          stringValue: StringValue,
          ...(BinaryValue !== undefined && {
            binaryValue: Buffer.from(BinaryValue).toString("base64"),
          }),
        },
      ],
    );
    return {
      messageId: message.MessageId ?? "",
      receiptHandle: message.ReceiptHandle ?? "",
      body: message.Body ?? "",
      attributes: message.Attributes as unknown as SQSRecord["attributes"],
      messageAttributes: Object.fromEntries(attributes) as SQSRecord["messageAttributes"],
      md5OfBody: message.MD5OfBody ?? "",
      eventSource: "aws:sqs",
      eventSourceARN: this.queueArn,
      awsRegion: region,
    };
  }

  /** A record that never was in a queue. */
  invented({
    id = randomUUID(),
    body,
    group = "device-1",
    receiveCount = 1,
  }: {
    id?: string;
    body: unknown;
    group?: string;
    receiveCount?: number;
  }): SQSRecord {
    return this.record({
      MessageId: id,
      ReceiptHandle: id,
      Body: JSON.stringify(body),
      Attributes: { ApproximateReceiveCount: String(receiveCount), MessageGroupId: group },
    });
  }

  /** All messages of the queue. */
  async messages(): Promise<QueuedMessage[]> {
    const { endpoint } = await embeddedCloud();
    const query = new URLSearchParams({
      QueueUrl: this.queueUrl,
      account: this.account.accountId,
      region,
    });
    const response = await fetch(`${endpoint}/_ministack/sqs/messages?${query.toString()}`);
    const { messages } = (await response.json()) as {
      messages: Record<string, Record<string, Record<string, Record<string, unknown>[]>>>;
    };
    const found = Object.values(messages[this.account.accountId]?.[region] ?? {}).flat();
    return found.map((message) => ({
      body: String(message.Body),
      group: message.MessageGroupId as string | undefined,
      hiddenSeconds: Math.max(0, Number(message.VisibleAt) - Math.floor(Date.now() / 1000)),
      receiveCount: Number(message.ReceiveCount),
    }));
  }

  async item(id: string) {
    const { Item } = await this.dynamo.send(
      new GetItemCommand({ TableName: this.table, Key: { [stateTable.key]: { S: id } } }),
    );
    return Item;
  }

  async items() {
    return (await this.dynamo.send(new ScanCommand({ TableName: this.table }))).Items ?? [];
  }

  destroy(): void {
    this.sqs.destroy();
    this.dynamo.destroy();
  }
}

/** Lambda's context of a call with so much time. */
export const callContext = (remainingMs = 60_000): LambdaContext => {
  const until = performance.now() + remainingMs;
  return {
    functionName: "watchme-asr-worker",
    functionVersion: "7",
    getRemainingTimeInMillis: () => until - performance.now(),
  };
};
