import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateAliasCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { buildBundle } from "../../components/bundle";
import { messageCheckKey } from "../../contracts/message-check";
import type { SystemOutputs } from "../../contracts/stack-outputs";
import { stateTable } from "../../contracts/state-table";
import { embeddedCloud, type TestAccount } from "../support/cloud";
import { eventually } from "../support/eventually";
import { createRole, type PolicyStatement } from "../support/role";
import { zipOf } from "../worker/extract/zip-of";

const root = resolve(__dirname, "../..");
const table = "shop-state";
const alias = "live";

type DeployedQueue = SystemOutputs["queues"][string];
type DeployedFunction = SystemOutputs["functions"][string];

/** Code of a worker's function that answers the check of a deployment, and whose messages all fail. */
export const failingCode = `exports.handler = async (event, context) => {
  if (event.queuefleetCheck) return { ok: true, version: context.functionVersion };
  throw new Error("no");
};`;

/** What a worker's function does with its queues. */
export const workOn = (queues: readonly DeployedQueue[]): PolicyStatement => ({
  Action: [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
    "sqs:SendMessage",
  ],
  Resource: queues.map(({ arn }) => arn),
});

/** Queues and functions that really run, in an account of their own, with the rights that a deployment gives. */
export class FunctionStage {
  readonly queues: Record<string, DeployedQueue> = {};
  readonly functions: Record<string, DeployedFunction> = {};
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  private readonly folder = mkdtempSync(join(tmpdir(), "queuefleet-functions-"));

  private constructor(readonly account: TestAccount) {
    this.lambda = new LambdaClient(account.clientConfig());
    this.sqs = new SQSClient({ ...account.clientConfig(), useQueueUrlAsEndpoint: false });
  }

  static async create(): Promise<FunctionStage> {
    const stage = new FunctionStage((await embeddedCloud()).account());
    const dynamo = new DynamoDBClient(stage.account.clientConfig());
    await dynamo.send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: [{ AttributeName: stateTable.key, KeyType: "HASH" }],
        AttributeDefinitions: [{ AttributeName: stateTable.key, AttributeType: "S" }],
      }),
    );
    dynamo.destroy();
    return stage;
  }

  /** For the output of their system. */
  get parts() {
    return { queues: this.queues, functions: this.functions };
  }

  close(): void {
    this.lambda.destroy();
    this.sqs.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async queue(
    key: string,
    { fifo = false, maxReceiveCount = 3, visibilityTimeoutSeconds = 30 } = {},
  ): Promise<DeployedQueue> {
    const suffix = fifo ? ".fifo" : "";
    const create = async (name: string, more: Record<string, string> = {}) => {
      const Attributes = { ...(fifo ? { FifoQueue: "true" } : {}), ...more };
      const { QueueUrl: url = "" } = await this.sqs.send(
        new CreateQueueCommand({ QueueName: name, Attributes }),
      );
      return { name, url, arn: this.arn("sqs", name) };
    };
    const deadLetter = await create(`shop-${key}-dlq${suffix}`);
    const queue = await create(`shop-${key}${suffix}`, {
      VisibilityTimeout: String(visibilityTimeoutSeconds),
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: deadLetter.arn, maxReceiveCount }),
    });
    return (this.queues[key] = {
      ...queue,
      deadLetter,
      visibilityTimeoutSeconds,
      maxReceiveCount,
    });
  }

  /** A function with its alias. `entry` is a TypeScript file of this repository. */
  async function(
    key: string,
    code: { entry: string } | { text: string },
    {
      variables = {},
      timeoutSeconds = 20,
      rights,
    }: {
      variables?: Record<string, string>;
      timeoutSeconds?: number;
      rights: PolicyStatement[];
    },
  ): Promise<void> {
    const name = `shop-${key}`;
    const logGroupName = `/aws/lambda/${name}`;
    const log = {
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${this.arn("logs", `log-group:${logGroupName}`)}:*`,
    };
    await this.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role: await createRole(this.account, name, "lambda.amazonaws.com", [...rights, log]),
        Timeout: timeoutSeconds,
        Code: { ZipFile: await this.zip(code) },
        Environment: { Variables: variables },
        Publish: true,
      }),
    );
    await this.lambda.send(
      new CreateAliasCommand({ FunctionName: name, Name: alias, FunctionVersion: "1" }),
    );
    this.functions[key] = {
      name,
      logGroupName,
      alias,
      arn: this.arn("lambda", `function:${name}`),
    };
  }

  /** A worker of WatchMe's APIs: its queue's messages are recordings. */
  async worker(
    key: string,
    queues: DeployedQueue[],
    { apiUrl = "http://127.0.0.1:9", enabled = true } = {},
  ): Promise<void> {
    await this.function(
      key,
      { entry: "worker/watchme/api-worker.ts" },
      {
        rights: [
          workOn(queues),
          {
            Action: ["GetItem", "PutItem", "UpdateItem", "DeleteItem"].map(
              (one) => `dynamodb:${one}`,
            ),
            Resource: this.arn("dynamodb", `table/${table}`),
          },
        ],
        variables: {
          WORKER: "asr",
          STATE_TABLE: table,
          METRICS_NAMESPACE: "Shop/Worker",
          MAX_RECEIVE_COUNT: String(queues[0]?.maxReceiveCount),
          BACK_OFF_SECONDS: "1",
          API_URL: apiUrl,
          API_TIMEOUT_SECONDS: "10",
        },
      },
    );
    for (const { arn } of queues) await this.map(arn, key, { enabled });
  }

  /** As components/message-check deploys it. */
  async messageCheck(workers: readonly string[]): Promise<void> {
    await this.function(
      messageCheckKey,
      { entry: "components/message-check/function/handler.ts" },
      {
        variables: { STATE_TABLE: table, ALIAS: alias },
        rights: [
          {
            Action: ["lambda:GetAlias", "lambda:UpdateAlias"],
            Resource: workers.map((key) => this.arn("lambda", `function:shop-${key}`)),
          },
          {
            Action: "lambda:GetEventSourceMapping",
            Resource: this.arn("lambda", "event-source-mapping:*"),
          },
          {
            Action: "sqs:SendMessage",
            Resource: Object.values(this.queues).map(({ arn }) => arn),
          },
          {
            Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
            Resource: this.arn("dynamodb", `table/${table}`),
          },
        ],
      },
    );
  }

  /** Resolves when Lambda has done what it was asked. */
  async map(EventSourceArn: string, key: string, { enabled = true } = {}): Promise<string> {
    const { UUID = "" } = await this.lambda.send(
      new CreateEventSourceMappingCommand({
        EventSourceArn,
        FunctionName: `shop-${key}:${alias}`,
        BatchSize: 10,
        Enabled: enabled,
        FunctionResponseTypes: ["ReportBatchItemFailures"],
      }),
    );
    await eventually("the mapping is there", async () => {
      const { State } = await this.lambda.send(new GetEventSourceMappingCommand({ UUID }));
      return State === (enabled ? "Enabled" : "Disabled");
    });
    return UUID;
  }

  async zip(code: { entry: string } | { text: string }): Promise<Uint8Array> {
    const text =
      "text" in code
        ? code.text
        : readFileSync(
            join(this.folder, buildBundle(join(root, code.entry), this.folder).path),
            "utf8",
          );
    return zipOf({ "index.js": text });
  }

  /** Waiting, hidden and delayed together. */
  async count({ url }: { url: string }): Promise<number> {
    const { Attributes = {} } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    return (["", "NotVisible", "Delayed"] as const)
      .map((kind) => Number(Attributes[`ApproximateNumberOfMessages${kind}`]))
      .reduce((sum, one) => sum + one, 0);
  }

  private arn(service: string, name: string): string {
    return `arn:aws:${service}:ap-northeast-1:${this.account.accountId}:${name}`;
  }
}
