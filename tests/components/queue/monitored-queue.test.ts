import { expect } from "chai";
import { MonitoredQueue, type MonitoredQueueArgs } from "../../../components/queue";
import { recordProgram, type Stage } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

const args: MonitoredQueueArgs = {
  deployment,
  queueName: "orders",
  deadLetterQueueName: "orders-dlq",
  visibilityTimeoutSeconds: 300,
  jobTimeoutSeconds: 240,
  maxReceiveCount: 5,
  alerting,
};

const queueArn = "arn:aws:sqs:ap-northeast-1:123456789012:orders";
const build = (over: Partial<MonitoredQueueArgs> = {}, stage?: Stage) =>
  recordProgram(() => new MonitoredQueue("orders", { ...args, ...over }).url, stage);

const json = (text: unknown) => JSON.parse(text as string) as Record<string, unknown>;

describe("MonitoredQueue", () => {
  it("keeps the URNs that deployed stacks already have", async () => {
    const { resources } = await build();
    const under = "urn:pulumi:stack::project::queuefleet:queue:MonitoredQueue";
    const alarm = `${under}$aws:cloudwatch/metricAlarm:MetricAlarm`;
    expect(resources.map(({ urn }) => urn)).to.have.members([
      `${under}::orders`,
      `${under}$aws:sqs/queue:Queue::orders-queue`,
      `${under}$aws:sqs/queue:Queue::orders-dlq`,
      `${alarm}::orders-queue-depth-warning`,
      `${alarm}::orders-queue-depth-critical`,
      `${alarm}::orders-dlq-depth-warning`,
      `${alarm}::orders-dlq-depth-critical`,
      `${alarm}::orders-oldest-message-age`,
      `${alarm}::orders-stalled`,
      `${alarm}::orders-in-flight`,
    ]);
  });

  it("connects both queues with ARNs that are plain values", async () => {
    const { named } = await build();
    expect(json(named("orders-queue").inputs.redrivePolicy)).to.deep.equal({
      deadLetterTargetArn: `${queueArn}-dlq`,
      maxReceiveCount: 5,
    });
    expect(json(named("orders-dlq").inputs.redriveAllowPolicy)).to.deep.equal({
      redrivePermission: "byQueue",
      sourceQueueArns: [queueArn],
    });
    expect(named("orders-queue").dependencies).to.include(named("orders-dlq").urn);
  });

  it("sets exactly these properties on a standard queue", async () => {
    const { named } = await build();
    const { policy, redrivePolicy, ...inputs } = named("orders-queue").inputs;
    expect([policy, redrivePolicy]).to.not.include(undefined);
    expect(inputs).to.deep.equal({
      name: "orders",
      fifoQueue: false,
      maxMessageSize: 1_048_576,
      visibilityTimeoutSeconds: 300,
      messageRetentionSeconds: 345_600,
      receiveWaitTimeSeconds: 20,
      sqsManagedSseEnabled: true,
      tags: { Project: "shop", Environment: "dev", ManagedBy: "pulumi" },
    });
    expect(named("orders-dlq").inputs.messageRetentionSeconds).to.equal(1_209_600);
  });

  it("allows exactly the named senders, only for this account, and denies access without TLS", async () => {
    const sourceArn = "arn:aws:s3:::uploads";
    const { named } = await build({ senders: [{ service: "s3.amazonaws.com", sourceArn }] });
    const { Statement } = json(named("orders-queue").inputs.policy) as {
      Statement: { Sid?: string }[];
    };
    expect(Statement.map(({ Sid }) => Sid?.replace(/[0-9a-f]{12}$/, ""))).to.deep.equal([
      ...["DenyWithoutTls", "AllowSender"],
    ]);
    expect(Statement.map(({ Sid: _, ...rest }) => rest)).to.deep.equal([
      {
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: queueArn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
      {
        Effect: "Allow",
        Principal: { Service: "s3.amazonaws.com" },
        Action: "sqs:SendMessage",
        Resource: queueArn,
        Condition: {
          ArnEquals: { "aws:SourceArn": sourceArn },
          StringEquals: { "aws:SourceAccount": "123456789012" },
        },
      },
    ]);
    expect(json(named("orders-dlq").inputs.policy).Statement).to.have.length(1);
  });

  it("encrypts with the customer-managed key if one is given, never with both", async () => {
    const kmsKeyArn = "arn:aws:kms:ap-northeast-1:123456789012:key/k";
    const { named } = await build({ kmsKeyArn });
    for (const name of ["orders-queue", "orders-dlq"]) {
      expect(named(name).inputs).to.include({ kmsMasterKeyId: kmsKeyArn });
      expect(named(name).inputs).to.not.have.property("sqsManagedSseEnabled");
    }
  });

  it("creates both queues as FIFO queues", async () => {
    const names = { queueName: "orders.fifo", deadLetterQueueName: "orders-dlq.fifo" };
    const { named } = await build({ ...names, fifo: true });
    expect(named("orders-queue").inputs).to.include({ name: "orders.fifo", fifoQueue: true });
    expect(named("orders-dlq").inputs).to.include({ name: "orders-dlq.fifo", fifoQueue: true });
  });

  it("watches the quiet groups of a fair queue, and all messages at higher levels", async () => {
    const { resources, named } = await build({ fair: true });
    const watched = resources
      .filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm")
      .map(({ name, inputs }) => [name, inputs.metricName, inputs.threshold] as const)
      .filter(([name]) => /^orders-(oldest|queue-depth)/.test(name));
    expect(watched).to.have.deep.members([
      ["orders-queue-depth-warning", "ApproximateNumberOfMessagesVisibleInQuietGroups", 1000],
      ["orders-queue-depth-critical", "ApproximateNumberOfMessagesVisible", 10_000],
      ["orders-oldest-message-age", "ApproximateAgeOfOldestMessageInQuietGroups", 600],
      ["orders-oldest-message-age-of-all", "ApproximateAgeOfOldestMessage", 3600],
    ]);
    // A queue whose messages are all in one noisy group is stalled too.
    expect(JSON.stringify(named("orders-stalled").inputs)).to.not.include("InQuietGroups");
  });

  it("protects the queues unless protect is false", async () => {
    expect((await build()).named("orders-queue").protect).to.equal(true);
    const open = await build({ protect: false });
    expect(open.named("orders-queue").protect).to.equal(false);
    expect(open.named("orders-dlq").protect).to.equal(false);
  });

  it("imports exactly the queues that exist, and changes nothing of them in that update", async () => {
    const { named } = await build({ adopt: ["orders-queue"] });
    const base = "https://sqs.ap-northeast-1.amazonaws.com/123456789012";
    expect(named("orders-queue").importId).to.equal(`${base}/orders`);
    expect(named("orders-queue").ignoreChanges).to.deep.equal(["*"]);
    expect(named("orders-dlq").importId).to.equal("");
    expect((await build()).named("orders-queue").importId).to.equal("");
  });

  it("prevents that an engine plans a replacement, and says how to migrate", async () => {
    const { named } = await build();
    expect(named("orders-queue").ignoreChanges).to.deep.equal(["name", "namePrefix", "fifoQueue"]);
    // The engine's answer for a queue that is deployed under another name: the change of the name is ignored.
    const deployedAsOld: Stage = {
      state: ({ name }) => (name === "orders-queue" ? { name: "old-orders" } : {}),
    };
    const error = await build({}, deployedAsOld).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error);
    expect((error as Error).message)
      .to.include('is deployed as "old-orders" (standard) and the program now asks for "orders"')
      .and.include("add a second MonitoredQueue");
  });

  it("requires that dead letters are kept longer than messages, or as long in FIFO queues", async () => {
    const days14 = { messageRetentionSeconds: 1_209_600 };
    await recordProgram(() => {
      expect(() => new MonitoredQueue("orders", { ...args, ...days14 })).to.throw(
        "deadLetterRetentionSeconds is 1209600; it must exceed messageRetentionSeconds (1209600)",
      );
      const names = { queueName: "orders.fifo", deadLetterQueueName: "orders-dlq.fifo" };
      return new MonitoredQueue("orders", { ...args, ...names, fifo: true, ...days14 }).arn;
    });
  });

  it("names every fault of its arguments at once and registers nothing", async () => {
    const wrong: MonitoredQueueArgs = {
      ...args,
      queueName: "a b",
      deadLetterQueueName: "orders.fifo",
      visibilityTimeoutSeconds: 50_000,
      maxReceiveCount: 0,
      messageRetentionSeconds: 1_209_600,
      deadLetterRetentionSeconds: 345_600,
      senders: [{ service: "s3", sourceArn: "arn:aws:s3:::*" }],
      jobTimeoutSeconds: 60_000,
      thresholds: {
        depth: { warning: "off", critical: "off" },
        deadLetters: { warning: 20, critical: 10 },
        oldestMessageAgeSeconds: 400_000,
      },
    };
    const { resources } = await recordProgram(() => {
      expect(() => new MonitoredQueue("orders", wrong))
        .to.throw('Invalid MonitoredQueue "orders":')
        .with.property("message")
        .that.includes('queueName is "a b"; SQS allows')
        .and.includes('deadLetterQueueName is "orders.fifo"')
        .and.includes("visibilityTimeoutSeconds is 50000; SQS allows whole seconds from 0 to 43200")
        .and.includes("maxReceiveCount is 0")
        .and.includes("deadLetterRetentionSeconds is 345600; it must exceed")
        .and.includes('the service "s3"')
        .and.includes('the sourceArn "arn:aws:s3:::*"')
        .and.includes(
          "jobTimeoutSeconds is 60000; it must be below visibilityTimeoutSeconds (50000)",
        )
        .and.includes('thresholds.depth has both levels "off"')
        .and.includes("thresholds.deadLetters.warning is 20; it must be at most")
        .and.includes("thresholds.deadLetters begins at 20; one of its levels must be at most 10")
        .and.includes("thresholds.oldestMessageAgeSeconds is 400000; whole seconds");
    });
    expect(resources).to.deep.equal([]);
  });
});
