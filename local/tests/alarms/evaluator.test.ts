import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  type PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { AlarmEvaluator, queueDepths } from "../../alarms";
import type { Scope } from "../../cloud/scope";
import { waitUntil } from "../../process/wait";
import { embeddedCloud } from "../../../tests/support/cloud";
import { servicesMaySend } from "../../../tests/support/queue-policy";

interface AlarmMessage {
  AlarmName: string;
  AlarmArn: string;
  AlarmDescription: string;
  NewStateValue: string;
  NewStateReason: string;
  OldStateValue: string;
  Region: string;
}

describe("the alarm evaluator", () => {
  let scope: Scope;
  let sqs: SQSClient;
  let cloudWatch: CloudWatchClient;
  let inbox: string;
  let topic: string;
  let evaluator: AlarmEvaluator;
  let complaints: string[];

  beforeEach(async () => {
    const cloud = await embeddedCloud();
    const account = cloud.account();
    scope = { endpoint: cloud.endpoint, accountId: account.accountId, region: "ap-northeast-1" };
    sqs = new SQSClient(account.clientConfig());
    cloudWatch = new CloudWatchClient(account.clientConfig());
    const sns = new SNSClient(account.clientConfig());
    inbox = await createQueue("inbox");
    topic = (await sns.send(new CreateTopicCommand({ Name: "critical" }))).TopicArn ?? "";
    await sns.send(
      new SubscribeCommand({
        TopicArn: topic,
        Protocol: "sqs",
        Endpoint: `arn:aws:sqs:ap-northeast-1:${account.accountId}:inbox`,
      }),
    );
    complaints = [];
    evaluator = new AlarmEvaluator({
      scopes: () => [scope],
      speed: 60,
      lookEveryMs: 100,
      log: (line) => complaints.push(line),
    });
  });
  afterEach(() => evaluator.stop());

  async function createQueue(QueueName: string): Promise<string> {
    const Policy = servicesMaySend(`arn:aws:sqs:ap-northeast-1:${scope.accountId}:${QueueName}`);
    const command = new CreateQueueCommand({ QueueName, Attributes: { Policy } });
    return (await sqs.send(command)).QueueUrl ?? "";
  }

  async function putAlarm(name: string, input: Partial<PutMetricAlarmCommandInput>): Promise<void> {
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: name,
        AlarmDescription: "See https://example.org/runbooks/x",
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        Threshold: 1,
        EvaluationPeriods: 1,
        TreatMissingData: "notBreaching",
        AlarmActions: [topic],
        OKActions: [topic],
        ...input,
      }),
    );
  }

  const queueMetric = (queue: string, name = "ApproximateNumberOfMessagesVisible") => ({
    Namespace: "AWS/SQS",
    MetricName: name,
    Statistic: "Maximum" as const,
    Period: 60,
    Dimensions: [{ Name: "QueueName", Value: queue }],
  });

  async function stateOf(name: string): Promise<string | undefined> {
    const { MetricAlarms, CompositeAlarms } = await cloudWatch.send(
      new DescribeAlarmsCommand({
        AlarmNames: [name],
        AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
      }),
    );
    return [...(MetricAlarms ?? []), ...(CompositeAlarms ?? [])][0]?.StateValue;
  }

  const untilState = (name: string, state: string) =>
    waitUntil(async () => (await stateOf(name)) === state, {
      what: `${name} to be ${state}; it said: ${complaints.join(" | ")}`,
      withinMs: 45_000,
      everyMs: 100,
    });

  async function nextMessage(): Promise<AlarmMessage> {
    const { Messages } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: inbox, WaitTimeSeconds: 20, VisibilityTimeout: 300 }),
    );
    const { Message } = JSON.parse(Messages?.[0]?.Body ?? "{}") as { Message?: string };
    return JSON.parse(Message ?? "{}") as AlarmMessage;
  }

  it("fires on a queue's depth, delivers one complete message, and returns to OK", async () => {
    const dlq = await createQueue("dlq");
    await createQueue("other");
    await putAlarm("dlq-depth", queueMetric("dlq"));
    await putAlarm("other-depth", queueMetric("other"));
    await untilState("dlq-depth", "OK");
    expect((await nextMessage()).NewStateValue).to.equal("OK");
    await untilState("other-depth", "OK");
    expect((await nextMessage()).AlarmName).to.be.oneOf(["dlq-depth", "other-depth"]);

    await sqs.send(new SendMessageCommand({ QueueUrl: dlq, MessageBody: "lost" }));
    await untilState("dlq-depth", "ALARM");
    const message = await nextMessage();
    expect(message).to.include({
      AlarmName: "dlq-depth",
      AlarmArn: `arn:aws:cloudwatch:ap-northeast-1:${scope.accountId}:alarm:dlq-depth`,
      AlarmDescription: "See https://example.org/runbooks/x",
      NewStateValue: "ALARM",
      OldStateValue: "OK",
      Region: "Asia Pacific (Tokyo)",
      NewStateReason:
        "Threshold Crossed: 1 out of the last 1 datapoint [1.0] was greater than or equal to " +
        "the threshold (1) (minimum 1 datapoint for OK -> ALARM transition).",
    });
    expect(await stateOf("other-depth")).to.equal("OK");

    await sqs.send(new PurgeQueueCommand({ QueueUrl: dlq }));
    await untilState("dlq-depth", "OK");
    expect((await nextMessage()).NewStateValue).to.equal("OK");
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: inbox,
        AttributeNames: ["ApproximateNumberOfMessages"],
      }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).to.equal("0");

    const depths = await queueDepths(scope, "dlq", new Date(Date.now() - 60_000));
    expect(Math.max(...depths.map(({ visible }) => visible))).to.equal(1);
    expect(depths.at(-1)?.visible).to.equal(0);
  });

  it("evaluates metric math over a custom metric, by its dimensions", async () => {
    const stat = (MetricName: string) => ({
      Metric: {
        Namespace: "Own",
        MetricName,
        Dimensions: [{ Name: "Kind", Value: "pdf" }],
      },
      Period: 60,
      Stat: "Sum",
    });
    await putAlarm("failure-rate", {
      Threshold: 50,
      Metrics: [
        { Id: "failed", MetricStat: stat("Failed"), ReturnData: false },
        { Id: "done", MetricStat: stat("Done"), ReturnData: false },
        {
          Id: "rate",
          Expression: "100 * FILL(failed, 0) / (FILL(failed, 0) + done)",
          ReturnData: true,
        },
      ],
    });
    await untilState("failure-rate", "OK");
    // In one call, so that both are in one period.
    const put = (kind: string, values: { Failed: number; Done: number }) =>
      cloudWatch.send(
        new PutMetricDataCommand({
          Namespace: "Own",
          MetricData: Object.entries(values).map(([MetricName, Value]) => ({
            ...{ MetricName, Value },
            Dimensions: [{ Name: "Kind", Value: kind }],
          })),
        }),
      );
    await put("docx", { Failed: 9, Done: 1 });
    await put("pdf", { Failed: 1, Done: 9 });
    await untilState("failure-rate", "OK");
    // Again and again, because a period takes one second here, and a busy machine may look later.
    const reports = setInterval(() => void put("pdf", { Failed: 9, Done: 1 }), 200);
    await untilState("failure-rate", "ALARM").finally(() => clearInterval(reports));
  });

  it("is the only part that changes the state: a new datum alone does not", async () => {
    await evaluator.stop();
    await putAlarm("alone", {
      Namespace: "Own",
      MetricName: "Failed",
      Statistic: "Sum",
      Period: 60,
    });
    await cloudWatch.send(
      new PutMetricDataCommand({
        Namespace: "Own",
        MetricData: [{ MetricName: "Failed", Value: 9 }],
      }),
    );
    expect(await stateOf("alone")).to.equal("INSUFFICIENT_DATA");
  });

  it("updates a composite alarm with its parts, without actions while its suppressor is in alarm", async () => {
    const dlq = await createQueue("dlq");
    await createQueue("quiet");
    const silent = { AlarmActions: [], OKActions: [] };
    await putAlarm("part", { ...queueMetric("dlq"), ...silent });
    await putAlarm("maintenance", { ...queueMetric("quiet"), ...silent });
    const composite = (AlarmName: string, ActionsSuppressor?: string) =>
      cloudWatch.send(
        new PutCompositeAlarmCommand({
          AlarmName,
          AlarmRule: "ALARM(part) AND NOT INSUFFICIENT_DATA(part)",
          AlarmActions: [topic],
          ...(ActionsSuppressor === undefined
            ? {}
            : {
                ActionsSuppressor,
                ActionsSuppressorWaitPeriod: 0,
                ActionsSuppressorExtensionPeriod: 0,
              }),
        }),
      );
    await untilState("part", "OK");
    await putAlarm("maintenance", { ...queueMetric("quiet"), ...silent, Threshold: 0 });
    await untilState("maintenance", "ALARM");
    await composite("suppressed", "maintenance");
    await composite("loud");
    await sqs.send(new SendMessageCommand({ QueueUrl: dlq, MessageBody: "lost" }));
    await untilState("suppressed", "ALARM");
    await untilState("loud", "ALARM");
    expect((await nextMessage()).AlarmName).to.equal("loud");
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: inbox,
        AttributeNames: ["ApproximateNumberOfMessages"],
      }),
    );
    expect(Attributes?.ApproximateNumberOfMessages).to.equal("0");
  });

  it("reports once an alarm that it cannot evaluate, and continues with the others", async () => {
    const dlq = await createQueue("dlq");
    await putAlarm("a-strange-one", {
      Metrics: [
        {
          Id: "m",
          MetricStat: { Metric: { Namespace: "N", MetricName: "M" }, Period: 60, Stat: "Sum" },
          ReturnData: false,
        },
        { Id: "e", Expression: "ANOMALY_DETECTION_BAND(m)", ReturnData: true },
      ],
    });
    await putAlarm("depth", queueMetric("dlq"));
    await sqs.send(new SendMessageCommand({ QueueUrl: dlq, MessageBody: "lost" }));
    await untilState("depth", "ALARM");
    const about = complaints.filter((line) => line.startsWith("a-strange-one"));
    expect(about).to.have.length(1);
    expect(about[0]).to.match(/cannot be evaluated: .* calls ANOMALY_DETECTION_BAND/);
  });
});
