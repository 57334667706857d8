import {
  CloudWatchClient,
  type Dimension,
  GetMetricDataCommand,
  type MetricDataQuery,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { IAM } from "@aws-sdk/client-iam";
import {
  type CreateEventSourceMappingCommandInput,
  type CreateFunctionCommandInput,
  Lambda,
} from "@aws-sdk/client-lambda";
import { SQS } from "@aws-sdk/client-sqs";
import JSZip from "jszip";
import { embeddedCloud, type TestAccount } from "../../../tests/support/cloud";
import { eventually } from "../../../tests/support/eventually";

const region = "ap-northeast-1";
/** Seconds. */
const century = 100 * 365 * 86_400;

/** An account with functions and queues. */
export class FunctionStage {
  readonly lambda: Lambda;
  readonly sqs: SQS;
  readonly logs: CloudWatchLogs;
  private readonly metrics: CloudWatchClient;
  private role: Promise<string> | undefined;

  constructor(
    readonly account: Pick<TestAccount, "accountId" | "clientConfig">,
    readonly config = account.clientConfig(),
  ) {
    this.lambda = new Lambda(config);
    this.sqs = new SQS(config);
    this.logs = new CloudWatchLogs(config);
    this.metrics = new CloudWatchClient(config);
  }

  static async create(): Promise<FunctionStage> {
    return new FunctionStage((await embeddedCloud()).account());
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${region}:${this.account.accountId}:${resource}`;
  }

  /** A role that every service may use, for everything. */
  roleArn(): Promise<string> {
    this.role ??= this.createRole();
    return this.role;
  }

  private async createRole(): Promise<string> {
    const RoleName = "any";
    const iam = new IAM(this.config);
    const Principal = { Service: ["lambda.amazonaws.com", "scheduler.amazonaws.com"] };
    const { Role } = await iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: policy({ Principal, Action: "sts:AssumeRole" }),
    });
    const PolicyDocument = policy({ Action: "*", Resource: "*" });
    await iam.putRolePolicy({ RoleName, PolicyName: "any", PolicyDocument });
    return Role?.Arn ?? "";
  }

  /** A function whose alias "live" points to its first version. The code is the body of an async handler. */
  async createFunction(
    FunctionName: string,
    body: string,
    more: Partial<CreateFunctionCommandInput> = {},
  ): Promise<void> {
    const code = `let calls = 0; exports.handler = async (event, context) => { calls += 1; ${body} };`;
    await this.lambda.createFunction({
      FunctionName,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: await this.roleArn(),
      Code: { ZipFile: await zipOf(code) },
      Publish: true,
      ...more,
    });
    await this.lambda.createAlias({ FunctionName, Name: "live", FunctionVersion: "1" });
  }

  /** Starts one process, so that its start takes no time of a message. The event is {"warm":true}. */
  async warm(functionName: string): Promise<void> {
    await this.lambda.invoke({ FunctionName: `${functionName}:live`, Payload: '{"warm":true}' });
  }

  async createQueue(QueueName: string, Attributes: Record<string, string> = {}): Promise<string> {
    const { QueueUrl = "" } = await this.sqs.createQueue({ QueueName, Attributes });
    return QueueUrl;
  }

  /** A mapping from the queue to the function's alias. Its UUID, once it is enabled. */
  async map(
    queueName: string,
    functionName: string,
    more: Partial<CreateEventSourceMappingCommandInput> = {},
  ): Promise<string> {
    const { UUID = "" } = await this.lambda.createEventSourceMapping({
      EventSourceArn: this.arn("sqs", queueName),
      FunctionName: `${functionName}:live`,
      ...more,
    });
    await this.settled(UUID);
    return UUID;
  }

  /** Waits until a mapping is in none of the states between. */
  settled(UUID: string): Promise<string> {
    return eventually(`mapping ${UUID} is enabled or disabled`, async () => {
      const { State = "" } = await this.lambda.getEventSourceMapping({ UUID });
      return State.endsWith("abled") && State;
    });
  }

  async sendAll(
    QueueUrl: string,
    messages: { body: string; group?: string; deduplicationId?: string }[],
  ): Promise<void> {
    for (let index = 0; index < messages.length; index += 10) {
      await this.sqs.sendMessageBatch({
        QueueUrl,
        Entries: messages.slice(index, index + 10).map(({ body, group, deduplicationId }, at) => ({
          Id: `${at}`,
          MessageBody: body,
          MessageGroupId: group,
          MessageDeduplicationId: deduplicationId,
        })),
      });
    }
  }

  /** What the function's calls logged by `console.log`, in order of time. */
  async logged(functionName: string): Promise<string[]> {
    const lines: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.logs
        .filterLogEvents({ logGroupName: `/aws/lambda/${functionName}`, nextToken })
        .catch((error: unknown) => {
          if ((error as Error).name === "ResourceNotFoundException") return undefined;
          throw error;
        });
      lines.push(...(page?.events ?? []).map(({ message = "" }) => message));
      nextToken = page?.nextToken;
    } while (nextToken !== undefined);
    return lines.filter((line) => !/^(START|END|REPORT) RequestId/.test(line));
  }

  /** Those lines that are JSON. */
  async loggedJson<Entry>(functionName: string): Promise<Entry[]> {
    return (await this.logged(functionName))
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Entry);
  }

  /** A statistic of all data of a metric; undefined if it has none. */
  async metric(
    Namespace: string,
    MetricName: string,
    dimensions: Record<string, string>,
    Stat = "Sum",
  ): Promise<number | undefined> {
    const Dimensions: Dimension[] = Object.entries(dimensions).map(([Name, Value]) => ({
      Name,
      Value,
    }));
    const query: MetricDataQuery = {
      Id: "m",
      MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: century, Stat },
    };
    const { MetricDataResults } = await this.metrics.send(
      new GetMetricDataCommand({
        StartTime: new Date(0),
        EndTime: new Date(century * 1000),
        MetricDataQueries: [query],
      }),
    );
    return MetricDataResults?.[0]?.Values?.[0];
  }

  async depth(QueueUrl: string): Promise<{ visible: number; hidden: number; delayed: number }> {
    const names = {
      visible: "ApproximateNumberOfMessages",
      hidden: "ApproximateNumberOfMessagesNotVisible",
      delayed: "ApproximateNumberOfMessagesDelayed",
    } as const;
    const { Attributes = {} } = await this.sqs.getQueueAttributes({
      QueueUrl,
      AttributeNames: Object.values(names),
    });
    const read = (name: keyof typeof names) => Number(Attributes[names[name]]);
    return { visible: read("visible"), hidden: read("hidden"), delayed: read("delayed") };
  }

  /** Waits until the queue has no message, also none in flight. */
  async drained(QueueUrl: string): Promise<void> {
    await eventually("the queue is empty", async () => {
      const { visible, hidden, delayed } = await this.depth(QueueUrl);
      return visible + hidden + delayed === 0;
    });
  }
}

const policy = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

export async function zipOf(code: string): Promise<Uint8Array> {
  return new JSZip().file("index.js", code).generateAsync({ type: "uint8array" });
}
