import { join } from "node:path";
import { expect } from "chai";
import { LambdaWorker } from "../../../components/lambda-worker";
import type { LambdaWorkerArgs } from "../../../components/lambda-worker/lambda-worker-arguments";
import { MonitoredQueue } from "../../../components/queue";
import { stateTable } from "../../../components/state-table";
import { recordProgram } from "../../support/recorded-program";
import { alerting, deployment } from "../alerting-fixture";

const monitoredQueue = (name: string, fifo = false) =>
  new MonitoredQueue(name, {
    deployment,
    queueName: `shop-${name}-queue${fifo ? ".fifo" : ""}`,
    deadLetterQueueName: `shop-${name}-dlq${fifo ? ".fifo" : ""}`,
    fifo,
    visibilityTimeoutSeconds: 300,
    jobTimeoutSeconds: 60,
    maxReceiveCount: 3,
    alerting,
  });

type Over = Partial<LambdaWorkerArgs> & { fifo?: boolean; migrating?: boolean };

const build = ({ fifo, migrating, ...over }: Over = {}) =>
  recordProgram(() => {
    const queue = monitoredQueue("orders", fifo);
    const sources: LambdaWorkerArgs["sources"] = migrating
      ? [{ queue: monitoredQueue("orders-v2", true), after: [queue] }, { queue }]
      : [{ queue }];
    const worker = new LambdaWorker("orders", {
      deployment,
      functionName: "shop-orders-worker",
      entry: join(__dirname, "../../fixtures/worker-program.ts"),
      sources,
      concurrency: { maximum: 2 },
      variables: { API_URL: "https://api.example.com" },
      rights: [],
      stateTable: stateTable("state", { deployment, tableName: "shop-state" }),
      metricsNamespace: "Shop/Worker",
      alerting,
      ...over,
    });
    return worker.output;
  });

const fault = (over: Over) =>
  build(over).then(
    () => "no fault",
    (error: unknown) => (error as Error).message,
  );

describe("LambdaWorker", () => {
  it("keeps the URNs that deployed stacks already have", async () => {
    const { resources } = await build();
    const under = "urn:pulumi:stack::project::queuefleet:lambda-worker:LambdaWorker";
    const alarm = `${under}$aws:cloudwatch/metricAlarm:MetricAlarm`;
    const own = resources.map(({ urn }) => urn).filter((urn) => urn.startsWith(under));
    expect(own).to.have.members([
      `${under}::orders`,
      `${under}$aws:cloudwatch/logGroup:LogGroup::orders-logs`,
      `${under}$aws:iam/role:Role::orders-role`,
      `${under}$aws:iam/rolePolicy:RolePolicy::orders-role-policy`,
      `${under}$aws:lambda/function:Function::orders`,
      `${under}$aws:lambda/invocation:Invocation::orders-check`,
      `${under}$aws:lambda/alias:Alias::orders-live`,
      `${under}$aws:lambda/eventSourceMapping:EventSourceMapping::orders-from-orders`,
      `${alarm}::orders-error-rate`,
      `${alarm}::orders-duration`,
      `${alarm}::orders-throttles`,
    ]);
  });

  it("reads its queue through the alias, with partial failures and at most so many calls", async () => {
    const { named } = await build();
    const mapping = named("orders-from-orders");
    expect(mapping.inputs).to.deep.equal({
      eventSourceArn: "arn:aws:sqs:ap-northeast-1:123456789012:shop-orders-queue",
      functionName: "arn:aws:test:ap-northeast-1:123456789012:orders-live",
      batchSize: 10,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: 2 },
      enabled: true,
      tags: { Project: "shop", Environment: "dev", ManagedBy: "pulumi" },
    });
    // Back-pressure moves it.
    expect(mapping.ignoreChanges).to.deep.equal(["enabled"]);
  });

  it("takes the function's timeout from the queue", async () => {
    expect((await build()).named("orders", "aws:lambda/function:Function").inputs.timeout).to.equal(
      60,
    );
  });

  it("has pollers of its own instead of a limit, if told to", async () => {
    const { named } = await build({ concurrency: { pollers: { minimum: 2, maximum: 3 } } });
    const { inputs } = named("orders-from-orders");
    expect(inputs.provisionedPollerConfig).to.deep.equal({ minimumPollers: 2, maximumPollers: 3 });
    expect(inputs).to.not.have.property("scalingConfig");
  });

  it("leaves the queue that waits for another disabled, and reads both with one function", async () => {
    const { named } = await build({ migrating: true, reservedConcurrency: 2 });
    expect(named("orders-from-orders-v2").inputs.enabled).to.equal(false);
    expect(named("orders-from-orders").inputs.enabled).to.equal(true);
  });

  it("may do with its queue and the state table what its handler does, and nothing else", async () => {
    const { named } = await build({ backPressure: "shop-back-pressure" });
    const { Statement } = JSON.parse(named("orders-role-policy").inputs.policy as string) as {
      Statement: { Action: string[]; Resource: string | string[] }[];
    };
    expect(Statement.map(({ Action }) => Action)).to.deep.equal([
      [
        "sqs:ReceiveMessage",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ChangeMessageVisibility",
      ],
      ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      ["lambda:InvokeFunction"],
      ["logs:CreateLogStream", "logs:PutLogEvents"],
    ]);
    expect(Statement.map(({ Resource }) => Resource).flat()).to.deep.equal([
      "arn:aws:sqs:ap-northeast-1:123456789012:shop-orders-queue",
      "arn:aws:dynamodb:ap-northeast-1:123456789012:table/shop-state",
      "arn:aws:lambda:ap-northeast-1:123456789012:function:shop-back-pressure:live",
      "arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/lambda/shop-orders-worker:*",
    ]);
  });

  it("counts failed records in the error rate, because Lambda does not", async () => {
    const { inputs } = (await build()).named("orders-error-rate");
    const queries = inputs.metricQueries as { id: string; metric?: { metricName: string } }[];
    expect(queries.map(({ id, metric }) => metric?.metricName ?? id)).to.have.members([
      ...["result", "Errors", "Invocations", "RecordsFailed", "RecordsProcessed"],
    ]);
    expect(inputs).to.include({ datapointsToAlarm: 3, evaluationPeriods: 12, threshold: 10 });
  });

  it("refuses more calls than are reserved, or than what it calls can bear", async () => {
    expect(await fault({ reservedConcurrency: 1 })).to.include(
      "reservedConcurrency is 1; it must be at least 2",
    );
    const pollers = { pollers: { minimum: 2, maximum: 2 } };
    expect(await fault({ concurrency: pollers, mostCalls: 2 })).to.include(
      "concurrency allows 20 calls at a time (2 pollers make up to 10 each); at most 2 are allowed",
    );
    expect(await fault({ reservedConcurrency: 2, migrating: true })).to.equal("no fault");
  });

  it("refuses a batching window on a FIFO queue, or one that the visibility timeout does not cover", async () => {
    expect(await fault({ fifo: true, batchingWindowSeconds: 5 })).to.include(
      "batchingWindowSeconds is 5; Lambda has no batching window for FIFO queues",
    );
    expect(await fault({ batchingWindowSeconds: 240 })).to.include(
      "with the timeout of 60 it must be below the visibility timeout",
    );
    expect(await fault({ batchingWindowSeconds: 239 })).to.equal("no fault");
  });

  it("names every fault of its arguments at once", async () => {
    const error = await fault({
      concurrency: { maximum: 1 },
      batchSize: 11,
      batchingWindowSeconds: 301,
    });
    expect(error)
      .to.include('Invalid LambdaWorker "orders":')
      .and.include("concurrency.maximum is 1; Lambda allows whole numbers from 2 to 1000")
      .and.include("batchingWindowSeconds is 301; Lambda allows whole seconds from 0 to 300");
    expect(await fault({ batchSize: 11 })).to.include(
      "batchSize is 11; without a batching window a batch may have from 1 to 10",
    );
  });
});
