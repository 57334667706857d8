import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  InvokeCommand,
  LambdaClient,
} from "@aws-sdk/client-lambda";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { STS, type STSClientConfig } from "@aws-sdk/client-sts";
import { expect } from "chai";
import JSZip from "jszip";
import { embeddedCloud, type TestAccount } from "../../../tests/support/cloud";
import { eventually } from "../../../tests/support/eventually";
import { FunctionStage } from "./function-stage";

/** Returns what the SDK in a function would find. */
const source = `
  const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
  exports.handler = async (event) => ({
    node: process.version,
    said: event.say,
    endpoint: AWS_ENDPOINT_URL,
    region: AWS_REGION,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      sessionToken: AWS_SESSION_TOKEN,
    },
  });`;

describe("a function of the embedded cloud", () => {
  async function createFunction(
    account: TestAccount,
    code = source,
    deadLetterArn?: string,
  ): Promise<LambdaClient> {
    const Role = await new FunctionStage(account).roleArn();
    const lambda = new LambdaClient(account.clientConfig());
    const zip = new JSZip().file("index.js", code);
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName: "echo",
        Runtime: "nodejs22.x",
        Handler: "index.handler",
        Role,
        DeadLetterConfig: { TargetArn: deadLetterArn },
        Code: { ZipFile: await zip.generateAsync({ type: "uint8array" }) },
      }),
    );
    return lambda;
  }

  it("runs on the Node of the repository, and calls the cloud with its role", async () => {
    const account = (await embeddedCloud()).account();
    const lambda = await createFunction(account);
    const { Payload, FunctionError } = await lambda.send(
      new InvokeCommand({ FunctionName: "echo", Payload: JSON.stringify({ say: "日本語" }) }),
    );
    expect(FunctionError).to.equal(undefined);
    const answer = JSON.parse(Buffer.from(Payload ?? []).toString()) as STSClientConfig;
    expect(answer).to.include({ node: process.version, said: "日本語" });
    expect((await new STS(answer).getCallerIdentity({})).Arn).to.equal(
      `arn:aws:sts::${account.accountId}:assumed-role/any/echo`,
    );

    const { MetricDataResults } = await new CloudWatchClient(account.clientConfig()).send(
      new GetMetricDataCommand({
        StartTime: new Date(Date.now() - 600_000),
        EndTime: new Date(Date.now() + 600_000),
        MetricDataQueries: [
          {
            Id: "calls",
            MetricStat: {
              Metric: {
                Namespace: "AWS/Lambda",
                MetricName: "Invocations",
                Dimensions: [{ Name: "FunctionName", Value: "echo" }],
              },
              Period: 3600,
              Stat: "Sum",
            },
          },
        ],
      }),
    );
    expect(MetricDataResults?.[0]?.Values).to.deep.equal([1]);
  });

  it("is called three times by a topic when it fails, and the event goes to its dead-letter queue", async () => {
    const account = (await embeddedCloud()).account();
    const arnOf = (service: string, name: string) =>
      `arn:aws:${service}:ap-northeast-1:${account.accountId}:${name}`;
    const [sqs, sns] = [new SQS(account.clientConfig()), new SNS(account.clientConfig())];
    const { QueueUrl } = await sqs.createQueue({ QueueName: "failed" });
    const failing = `exports.handler = async () => { console.log("tried"); throw new Error("no"); };`;
    const lambda = await createFunction(account, failing, arnOf("sqs", "failed"));
    const { TopicArn } = await sns.createTopic({ Name: "calls" });
    const Endpoint = arnOf("lambda", "function:echo");
    await sns.subscribe({ TopicArn, Protocol: "lambda", Endpoint });
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: "echo",
        StatementId: "topic",
        Action: "lambda:InvokeFunction",
        Principal: "sns.amazonaws.com",
        SourceArn: TopicArn,
      }),
    );
    await sns.publish({ TopicArn, Message: "a notice" });

    let body = "";
    await eventually("the event is in the dead-letter queue", async () => {
      const { Messages } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 1 });
      body = Messages?.[0]?.Body ?? "";
      return body !== "";
    });
    expect(body).to.include("a notice");
    const { events = [] } = await new CloudWatchLogs(account.clientConfig()).filterLogEvents({
      logGroupName: "/aws/lambda/echo",
    });
    expect(events.filter(({ message }) => message === "tried")).to.have.length(3);
  });
});
