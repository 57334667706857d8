import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { SSM } from "@aws-sdk/client-ssm";
import { expect } from "chai";
import { zipSync } from "fflate";
import { AlertHub } from "../../../components/alerts";
import { buildBundle } from "../../../components/bundle";
import { assumedBy } from "../../../components/iam";
import { startSlackEndpoint, type SlackEndpoint } from "../../../rehearsal/slack-endpoint";
import { embeddedCloud } from "../../support/cloud";
import { eventually } from "../../support/eventually";
import { servicesMaySend } from "../../support/queue-policy";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

const handler = resolve(__dirname, "../../../components/alerts/notifier/handler.ts");

/** The function as the hub registers it, for an account. */
async function functionOf(accountId: string) {
  const { named } = await recordProgram(() => {
    new AlertHub("alerts", {
      deployment: { ...deployment, accountId },
      alerting,
      prefix: "shop",
      emails: { warning: [], critical: ["team@example.com"] },
      slack: { botTokenParameter: "/shop/dev/slack-bot-token", channel: "#alerts" },
    });
    return {};
  });
  const { environment, timeout } = named("alerts-slack").inputs as {
    environment: { variables: Record<string, string> };
    timeout: number;
  };
  return {
    variables: environment.variables,
    source: readFileSync(buildBundle(handler).path),
    timeout,
    policy: named("alerts-slack-role-policy").inputs.policy as string,
  };
}

describe("the notifier in the cloud", () => {
  let slack: SlackEndpoint;
  before(async () => {
    slack = await startSlackEndpoint();
  });
  after(() => slack.close());

  it("is called by an alarm, and tells Slack and the topic for e-mails", async () => {
    const account = (await embeddedCloud()).account();
    const config = account.clientConfig();
    const [lambda, sns, sqs] = [new Lambda(config), new SNS(config), new SQS(config)];
    const { variables, source, timeout, policy } = await functionOf(account.accountId);

    await new SSM(config).putParameter({
      Name: variables.SLACK_TOKEN_PARAMETER,
      Value: slack.botToken,
      Type: "SecureString",
    });
    await new DynamoDB(config).createTable({
      TableName: variables.INCIDENT_TABLE,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    });
    const iam = new IAM(config);
    const RoleName = "shop-slack-notifier";
    const { Role } = await iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: assumedBy("lambda.amazonaws.com"),
    });
    await iam.putRolePolicy({ RoleName, PolicyName: "notifier", PolicyDocument: policy });
    const FunctionName = "shop-slack-notifier";
    await lambda.createFunction({
      FunctionName,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: Role?.Arn,
      Timeout: timeout,
      MemorySize: 256,
      Environment: { Variables: variables },
      Code: { ZipFile: zipSync({ "index.js": source }) },
    });
    const call = async (event: object) => {
      const { Payload, FunctionError } = await lambda.invoke({
        FunctionName,
        Payload: JSON.stringify(event),
      });
      expect(FunctionError, Buffer.from(Payload ?? []).toString()).to.equal(undefined);
      return JSON.parse(Buffer.from(Payload ?? []).toString() || "null") as unknown;
    };
    expect(await call({ queuefleetCheck: { id: "deployment" } })).to.deep.include({ ok: true });

    const arnOf = (service: string, name: string) =>
      `arn:aws:${service}:${config.region}:${account.accountId}:${name}`;
    const topics = JSON.parse(variables.TOPICS ?? "") as Record<string, Record<string, string>>;
    for (const arn of Object.values(topics).flatMap((kind) => Object.values(kind))) {
      await sns.createTopic({ Name: arn.split(":").at(-1) });
    }
    await lambda.addPermission({
      FunctionName,
      StatementId: "alarms",
      Action: "lambda:InvokeFunction",
      Principal: "sns.amazonaws.com",
      SourceArn: topics.alarms?.critical,
    });
    await sns.subscribe({
      TopicArn: topics.alarms?.critical,
      Protocol: "lambda",
      Endpoint: arnOf("lambda", `function:${FunctionName}`),
    });
    const { QueueUrl } = await sqs.createQueue({
      QueueName: "mails",
      Attributes: { Policy: servicesMaySend(arnOf("sqs", "mails")) },
    });
    await sns.subscribe({
      TopicArn: topics.alerts?.critical,
      Protocol: "sqs",
      Endpoint: arnOf("sqs", "mails"),
      Attributes: { RawMessageDelivery: "true" },
    });

    const cloudWatch = new CloudWatch(config);
    const AlarmName = "shop-api-stalled";
    await cloudWatch.putMetricAlarm({
      AlarmName,
      AlarmDescription: "The API does not answer.\nSeverity: critical",
      Namespace: "Shop",
      MetricName: "Healthy",
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 1,
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      AlarmActions: [topics.alarms?.critical ?? ""],
    });
    const StateReason = "Threshold Crossed: 1 datapoint [0.0 (…)] was less than the threshold.";
    await cloudWatch.setAlarmState({ AlarmName, StateValue: "ALARM", StateReason });

    const post = await eventually("a message in Slack", () => slack.posts[0]);
    expect(post.text).to.match(/^🔴 CRITICAL: shop-api-stalled\nThe API does not answer.\n/);
    expect(post.text).to.include("Value: 0 (threshold: below 1)");
    const mail = await eventually("an e-mail", async () => {
      const { Messages } = await sqs.receiveMessage({ QueueUrl, WaitTimeSeconds: 1 });
      return Messages?.[0]?.Body;
    });
    expect(mail.split("\n")[0]).to.equal("🔴 CRITICAL: shop-api-stalled");

    await call({ tick: true });
    expect(slack.posts).to.have.length(1);
    for (const client of [lambda, sns, sqs, cloudWatch, iam]) client.destroy();
  });
});
