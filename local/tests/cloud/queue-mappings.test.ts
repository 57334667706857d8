import { expect } from "chai";
import { eventually } from "../../../tests/support/eventually";
import { FunctionStage, zipOf } from "./function-stage";

interface Call {
  bodies: string[];
  groups: (string | null)[];
  counts: string[];
  began: number;
  ended: number;
}

/** Logs what it got, and when. `event` decides nothing; the bodies do: "fail…" is reported as failed, "throw…" throws,
 *  "slow…" takes 300 ms. */
const body = `
  if (event.warm) return;
  const began = Date.now();
  const bodies = event.Records.map((record) => record.body);
  if (bodies.some((body) => body.startsWith("slow"))) await new Promise((done) => setTimeout(done, 300));
  const attribute = (name) => event.Records.map(({ attributes }) => attributes[name] ?? null);
  console.log(JSON.stringify({
    bodies, groups: attribute("MessageGroupId"), counts: attribute("ApproximateReceiveCount"), began, ended: Date.now(),
  }));
  if (bodies.some((body) => body.startsWith("throw"))) throw new Error("thrown");
  const failed = event.Records.filter(({ body }) => body.startsWith("fail"));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };`;

const reporting = { FunctionResponseTypes: ["ReportBatchItemFailures" as const] };
const numbers = (count: number, prefix = "") =>
  Array.from({ length: count }, (_, index) => ({ body: `${prefix}${index}` }));

const fault = async (call: Promise<unknown>) =>
  call.then(
    () => "none",
    (error: unknown) => `${(error as Error).name}: ${(error as Error).message}`,
  );

const redrive = (stage: FunctionStage, deadLetters: string, maxReceiveCount: number) =>
  JSON.stringify({ deadLetterTargetArn: stage.arn("sqs", deadLetters), maxReceiveCount });

/** The largest number of calls that ran at the same time. */
const mostAtOnce = (calls: Call[]) =>
  Math.max(
    ...calls.map(
      ({ began }) => calls.filter((one) => one.began <= began && began < one.ended).length,
    ),
  );

describe("a function that is mapped to a queue", () => {
  const calls = (stage: FunctionStage) => stage.loggedJson<Call>("work");

  it("runs in up to its maximum concurrency, gets attributes of messages, and its queue is emptied and counted", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", `console.log(JSON.stringify(event.Records[0])); ${body}`);
    const QueueUrl = await stage.createQueue("work");
    await stage.sqs.sendMessage({
      QueueUrl,
      MessageBody: "first",
      MessageGroupId: "device-1",
      MessageAttributes: { kind: { DataType: "String", StringValue: "test" } },
    });
    await stage.map("work", "work", { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 3 } });
    await stage.drained(QueueUrl);
    const [record] = await stage.loggedJson<Record<string, unknown>>("work");
    expect(record).to.deep.include({
      body: "first",
      eventSource: "aws:sqs",
      messageAttributes: {
        kind: {
          dataType: "String",
          stringValue: "test",
          stringListValues: [],
          binaryListValues: [],
        },
      },
    });
    expect(record?.attributes).to.include({
      MessageGroupId: "device-1",
      ApproximateReceiveCount: "1",
    });

    await stage.sendAll(QueueUrl, numbers(12, "slow"));
    await stage.drained(QueueUrl);
    const slow = (await calls(stage)).filter(({ bodies }) => bodies?.[0]?.startsWith("slow"));
    expect(slow).to.have.length(12);
    expect(mostAtOnce(slow)).to.be.within(2, 3);
    const queue = { QueueName: "work" };
    expect(await stage.metric("AWS/SQS", "NumberOfMessagesReceived", queue)).to.equal(13);
    expect(await stage.metric("AWS/SQS", "NumberOfMessagesDeleted", queue)).to.equal(13);
    const alias = { FunctionName: "work", Resource: "work:live" };
    expect(await stage.metric("AWS/Lambda", "Invocations", alias)).to.equal(13);
  });

  it("waits for its batching window, or until the batch is full", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", body);
    const QueueUrl = await stage.createQueue("work");
    await stage.sendAll(QueueUrl, numbers(27));
    await stage.map("work", "work", { BatchSize: 12, MaximumBatchingWindowInSeconds: 1 });
    await stage.drained(QueueUrl);
    const sizes = (await calls(stage)).map(({ bodies }) => bodies.length);
    expect(sizes).to.deep.equal([12, 12, 3]);
  });

  it("loses no message that it reports as failed: it comes again, alone", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", body, { Timeout: 1 });
    await stage.warm("work");
    const QueueUrl = await stage.createQueue("work", { VisibilityTimeout: "1" });
    await stage.sendAll(QueueUrl, [{ body: "1" }, { body: "fail" }, { body: "2" }]);
    await stage.map("work", "work", reporting);
    const two = await eventually("a second call", async () => {
      const found = await calls(stage);
      return found.length >= 2 && found;
    });
    expect(two[0]?.bodies).to.deep.equal(["1", "fail", "2"]);
    expect(two[1]).to.deep.include({ bodies: ["fail"], counts: ["2"] });
    expect(await stage.metric("AWS/Lambda", "Errors", { FunctionName: "work" })).to.equal(0);
  });

  it("has processed a batch if it answers that nothing failed; an answer that is wrong fails the batch", async () => {
    const good = {
      nothing: "undefined",
      "an empty object": "{}",
      "an empty list": "{ batchItemFailures: [] }",
      "null for the list": "{ batchItemFailures: null }",
    };
    const bad = {
      "a text": '"done"',
      "an empty identifier": '{ batchItemFailures: [{ itemIdentifier: "" }] }',
      "no identifier": "{ batchItemFailures: [{ itemIdentifier: null }] }",
      "a wrong key": "{ batchItemFailures: [{ messageId: id }] }",
      "an unknown message": '{ batchItemFailures: [{ itemIdentifier: "unknown" }] }',
      "a known and an unknown one":
        '{ batchItemFailures: [{ itemIdentifier: id }, { itemIdentifier: "unknown" }] }',
    };
    const stage = await FunctionStage.create();
    const answers = Object.entries({ ...good, ...bad }).map(
      ([name, answer]) => `${JSON.stringify(name)}: (id) => (${answer})`,
    );
    await stage.createFunction(
      "work",
      `const [{ body, messageId, receiptHandle }] = event.Records;
       console.log(JSON.stringify({ body, receiptHandle }));
       return { ${answers.join(", ")} }[body](messageId);`,
    );
    const QueueUrl = await stage.createQueue("work");
    const bodies = [...Object.keys(good), ...Object.keys(bad)];
    await stage.sendAll(
      QueueUrl,
      bodies.map((name) => ({ body: name })),
    );
    await stage.map("work", "work", { BatchSize: 1, ...reporting });
    const processed = await eventually("all were processed", async () => {
      const found = await stage.loggedJson<{ body: string; receiptHandle: string }>("work");
      const { visible, hidden } = await stage.depth(QueueUrl);
      return found.length === bodies.length && visible + hidden <= Object.keys(bad).length && found;
    });
    const kept = await Promise.all(
      processed.map(async ({ body: name, receiptHandle: ReceiptHandle }) => {
        const deletion = stage.sqs.deleteMessage({ QueueUrl, ReceiptHandle });
        return (await fault(deletion)) === "none" ? [name] : [];
      }),
    );
    expect(kept.flat()).to.have.members(Object.keys(bad));
  });

  it("that throws or takes too long fails the whole batch, which stays hidden and goes to the dead-letter queue", async () => {
    const stage = await FunctionStage.create();
    const hang = `if (event.Records?.[0].body === "hang") await new Promise((done) => setTimeout(done, 5000));`;
    await stage.createFunction("work", `${hang} ${body}`, { Timeout: 1 });
    await stage.warm("work");
    const deadUrl = await stage.createQueue("dead");
    const QueueUrl = await stage.createQueue("work", {
      VisibilityTimeout: "2",
      RedrivePolicy: redrive(stage, "dead", 1),
    });
    await stage.sendAll(QueueUrl, [{ body: "throw" }, { body: "good" }]);
    await stage.map("work", "work", { BatchSize: 2, ...reporting });
    await eventually("the function was called", async () => (await calls(stage)).length === 1);
    expect(await stage.depth(QueueUrl)).to.include({ visible: 0, hidden: 2 });
    await stage.sendAll(QueueUrl, [{ body: "hang" }]);
    await eventually("all are dead", async () => (await stage.depth(deadUrl)).visible === 3);
    expect((await stage.logged("work")).join("\n")).to.include("Task timed out after 1.00 seconds");
    expect(await stage.metric("AWS/Lambda", "Errors", { FunctionName: "work" })).to.equal(2);
  });

  it("that is throttled is called again until the batch is visible again: its receive count rises", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", body, { Timeout: 1 });
    const deadUrl = await stage.createQueue("dead");
    const QueueUrl = await stage.createQueue("work", {
      VisibilityTimeout: "1",
      RedrivePolicy: redrive(stage, "dead", 2),
    });
    await stage.lambda.putFunctionConcurrency({
      FunctionName: "work",
      ReservedConcurrentExecutions: 0,
    });
    await stage.sendAll(QueueUrl, numbers(1));
    await stage.map("work", "work");
    await eventually("the message is dead", async () => (await stage.depth(deadUrl)).visible === 1);
    const alias = { FunctionName: "work", Resource: "work:live" };
    expect(await stage.metric("AWS/Lambda", "Throttles", alias)).to.be.above(2);
    expect(await stage.metric("AWS/Lambda", "Invocations", alias)).to.equal(undefined);
  });

  it("uses the alias's new version for the next batch", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", `console.log("old");`);
    const QueueUrl = await stage.createQueue("work");
    await stage.map("work", "work");
    await stage.sendAll(QueueUrl, numbers(1));
    await stage.drained(QueueUrl);
    const ZipFile = await zipOf(`exports.handler = async () => { console.log("new"); };`);
    await stage.lambda.updateFunctionCode({ FunctionName: "work", ZipFile, Publish: true });
    await stage.lambda.updateAlias({ FunctionName: "work", Name: "live", FunctionVersion: "2" });
    await stage.sendAll(QueueUrl, numbers(1));
    await stage.drained(QueueUrl);
    expect((await stage.logged("work")).sort()).to.deep.equal(["new", "old"]);
  });
});

describe("a function that is mapped to a FIFO queue", () => {
  const fifo = { FifoQueue: "true", VisibilityTimeout: "30" };
  const of = (group: string, bodies: string[]) =>
    bodies.map((body) => ({ body: `${body}`, group, deduplicationId: `${group}/${body}` }));

  it("gets groups side by side, each in order, and never two batches of one group", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", body);
    const QueueUrl = await stage.createQueue("work.fifo", fifo);
    const groups = ["a", "b", "c"];
    const bodies = Array.from({ length: 9 }, (_, index) => `slow${index}`);
    for (const one of bodies)
      await stage.sendAll(
        QueueUrl,
        groups.flatMap((group) => of(group, [one])),
      );
    await stage.map("work.fifo", "work", {
      BatchSize: 3,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    await stage.drained(QueueUrl);
    const found = await stage.loggedJson<Call>("work");
    expect(mostAtOnce(found)).to.equal(2);
    for (const group of groups) {
      const own = found
        .filter((call) => call.groups.includes(group))
        .sort((one, other) => one.began - other.began);
      expect(
        own.flatMap((call) => call.bodies.filter((_, index) => call.groups[index] === group)),
      ).to.deep.equal(bodies);
      expect(mostAtOnce(own)).to.equal(1);
    }
  });

  it("gets failed messages of a group again before later ones; a dead letter keeps its group and frees it", async () => {
    const stage = await FunctionStage.create();
    // Skips the rest of a group after a failure, as a function of a FIFO queue must.
    const skipping = `
      const failed = new Set();
      const failures = event.Records.filter(({ body, attributes: { MessageGroupId: group } }) => {
        if (body.startsWith("fail")) failed.add(group);
        return failed.has(group);
      });
      console.log(JSON.stringify({ bodies: event.Records.map(({ body }) => body) }));
      return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };`;
    await stage.createFunction("work", `if (event.warm) return; ${skipping}`, { Timeout: 1 });
    await stage.warm("work");
    const deadUrl = await stage.createQueue("dead.fifo", fifo);
    const QueueUrl = await stage.createQueue("work.fifo", {
      ...fifo,
      VisibilityTimeout: "1",
      RedrivePolicy: redrive(stage, "dead.fifo", 3),
    });
    await stage.sendAll(QueueUrl, [...of("a", ["1", "fail", "2"]), ...of("b", ["3"])]);
    await stage.map("work.fifo", "work", { BatchSize: 2, ...reporting });
    await stage.drained(QueueUrl);
    const found = (await stage.loggedJson<Call>("work")).flatMap(({ bodies }) => bodies);
    expect(found.filter((one) => one !== "3")).to.deep.equal([
      "1",
      "fail",
      "fail",
      "2",
      "fail",
      "2",
      "2",
    ]);
    const { Messages } = await stage.sqs.receiveMessage({
      QueueUrl: deadUrl,
      MessageSystemAttributeNames: ["All"],
    });
    expect(Messages?.[0]?.Body).to.equal("fail");
    expect(Messages?.[0]?.Attributes?.MessageGroupId).to.equal("a");
  });

  it("drops a message that is sent again with the same deduplication id, also after it was processed", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", body);
    const QueueUrl = await stage.createQueue("work.fifo", fifo);
    await stage.map("work.fifo", "work");
    const ids: (string | undefined)[] = [];
    for (const one of ["first", "again"]) {
      const { MessageId } = await stage.sqs.sendMessage({
        QueueUrl,
        MessageBody: one,
        MessageGroupId: "a",
        MessageDeduplicationId: "same",
      });
      ids.push(MessageId);
      await stage.drained(QueueUrl);
    }
    expect(ids[1]).to.equal(ids[0]);
    expect((await stage.loggedJson<Call>("work")).flatMap(({ bodies }) => bodies)).to.deep.equal([
      "first",
    ]);
  });
});

describe("an event source mapping", () => {
  it("changes in a moment, receives meanwhile, and refuses other changes until then", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", body);
    const QueueUrl = await stage.createQueue("work");
    const created = await stage.lambda.createEventSourceMapping({
      EventSourceArn: stage.arn("sqs", "work"),
      FunctionName: "work:live",
    });
    const { UUID } = created;
    expect(created.State).to.equal("Creating");
    expect(await fault(stage.lambda.updateEventSourceMapping({ UUID, Enabled: false }))).to.match(
      /^ResourceInUseException: Cannot update/,
    );
    expect(await stage.settled(UUID ?? "")).to.equal("Enabled");

    const change = async (Enabled: boolean) => {
      const { State } = await stage.lambda.updateEventSourceMapping({ UUID, Enabled });
      return State;
    };
    // On a busy machine, the message may come too late.
    await eventually("a message is received while the mapping is being disabled", async () => {
      expect(await change(false)).to.equal("Disabling");
      await stage.sendAll(QueueUrl, [{ body: "meanwhile" }]);
      expect(await stage.settled(UUID ?? "")).to.equal("Disabled");
      const { visible } = await stage.depth(QueueUrl);
      if (visible === 0) return true;
      await stage.sqs.purgeQueue({ QueueUrl });
      expect(await change(true)).to.equal("Enabling");
      await stage.settled(UUID ?? "");
      return false;
    });
    await stage.drained(QueueUrl);
    await stage.sendAll(QueueUrl, [{ body: "later" }]);
    expect(await change(true)).to.equal("Enabling");
    expect(await stage.settled(UUID ?? "")).to.equal("Enabled");
    await stage.drained(QueueUrl);
    const bodies = (await stage.loggedJson<Call>("work")).flatMap((call) => call.bodies);
    expect(bodies).to.deep.equal(["meanwhile", "later"]);

    const deleted = await stage.lambda.deleteEventSourceMapping({ UUID });
    expect(deleted.State).to.equal("Deleting");
    await eventually("it is gone", async () =>
      (await fault(stage.lambda.getEventSourceMapping({ UUID }))).startsWith("ResourceNotFound"),
    );
  });

  it("is refused with the settings that AWS refuses", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", body, { Timeout: 60 });
    for (const [name, more] of [
      ["short", { VisibilityTimeout: "59" }],
      ["long", { VisibilityTimeout: "60" }],
      ["long.fifo", { VisibilityTimeout: "60", FifoQueue: "true" }],
    ] as const)
      await stage.createQueue(name, more);
    const map = (queue: string, more: object = {}) =>
      fault(
        stage.lambda.createEventSourceMapping({
          EventSourceArn: stage.arn("sqs", queue),
          FunctionName: "work:live",
          ...more,
        }),
      );
    expect(await map("short")).to.match(
      /visibility timeout: 59 seconds is less than Function timeout: 60/,
    );
    expect(await map("long", { BatchSize: 11 })).to.match(
      /batch window in seconds must be greater/,
    );
    expect(await map("long.fifo", { MaximumBatchingWindowInSeconds: 1 })).to.match(
      /not supported for FIFO/,
    );
    expect(await map("long.fifo", { BatchSize: 11 })).to.match(/at most 10/);
    expect(await map("long", { ScalingConfig: { MaximumConcurrency: 2 } })).to.equal("none");
    expect(await map("long")).to.match(/^ResourceConflictException: .*already exists/);
  });

  it("keeps provisioned pollers and metrics, but not beside a maximum concurrency", async () => {
    const stage = await FunctionStage.create();
    await stage.createFunction("work", body);
    await stage.createQueue("work");
    const ProvisionedPollerConfig = { MinimumPollers: 2, MaximumPollers: 3 };
    const MetricsConfig = { Metrics: ["EventCount" as const] };
    const UUID = await stage.map("work", "work", { ProvisionedPollerConfig, MetricsConfig });
    const found = await stage.lambda.getEventSourceMapping({ UUID });
    expect(found).to.deep.include({ ProvisionedPollerConfig, MetricsConfig });
    const both = { UUID, ScalingConfig: { MaximumConcurrency: 2 } };
    expect(await fault(stage.lambda.updateEventSourceMapping(both))).to.match(
      /^InvalidParameterValueException/,
    );
  });
});
