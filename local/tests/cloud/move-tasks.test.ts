import { type ListMessageMoveTasksResultEntry, SQS } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { embeddedCloud, type TestAccount } from "../../../tests/support/cloud";
import { eventually } from "../../../tests/support/eventually";

const failure = (call: Promise<unknown>) =>
  call.then(
    () => "succeeded",
    (error: Error) => `${error.name}: ${error.message}`,
  );

describe("a message move task of the embedded cloud", () => {
  let account: TestAccount;
  let sqs: SQS;
  beforeEach(async () => {
    account = (await embeddedCloud()).account();
    sqs = new SQS(account.clientConfig());
  });

  const arnOf = (name: string) => `arn:aws:sqs:ap-northeast-1:${account.accountId}:${name}`;
  const create = async (QueueName: string, Attributes: Record<string, string> = {}) =>
    (await sqs.createQueue({ QueueName, Attributes })).QueueUrl ?? "";
  /** A queue whose messages go to the dead-letter queue when they are received once more. */
  const pair = async () => {
    const dlq = await create("files-dlq");
    const RedrivePolicy = JSON.stringify({
      deadLetterTargetArn: arnOf("files-dlq"),
      maxReceiveCount: "1",
    });
    return { dlq, queue: await create("files", { RedrivePolicy, VisibilityTimeout: "0" }) };
  };
  const send = async (QueueUrl: string, count: number) => {
    for (let n = 1; n <= count; n += 1) {
      await sqs.sendMessage({ QueueUrl, MessageBody: `message ${n}` });
    }
  };
  const count = async (QueueUrl: string) => {
    const AttributeNames = ["ApproximateNumberOfMessages" as const];
    const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames });
    return Number(Attributes?.ApproximateNumberOfMessages);
  };
  /** Receives until all are in the dead-letter queue. */
  const failAll = ({ queue, dlq }: { queue: string; dlq: string }, messages: number) =>
    eventually("all are dead letters", async () => {
      await sqs.receiveMessage({ QueueUrl: queue, MaxNumberOfMessages: 10 });
      return (await count(dlq)) === messages;
    });
  const task = async (): Promise<ListMessageMoveTasksResultEntry> =>
    (await sqs.listMessageMoveTasks({ SourceArn: arnOf("files-dlq") })).Results?.[0] ?? {};
  const reaches = (status: string) =>
    eventually(`the task is ${status}`, async () => (await task()).Status === status, 20_000);

  it("brings dead letters back to the queue that they came from, as new messages", async () => {
    const queues = await pair();
    await send(queues.queue, 3);
    await failAll(queues, 3);
    const { TaskHandle } = await sqs.startMessageMoveTask({ SourceArn: arnOf("files-dlq") });
    expect(TaskHandle).to.match(/^[\w+/=]+$/);
    await reaches("COMPLETED");
    expect(await task()).to.deep.include({
      SourceArn: arnOf("files-dlq"),
      ApproximateNumberOfMessagesMoved: 3,
      ApproximateNumberOfMessagesToMove: 3,
    });
    // Only a running task has a handle.
    expect((await task()).TaskHandle).to.equal(undefined);
    expect(await count(queues.dlq)).to.equal(0);
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl: queues.queue,
      MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    });
    expect(Messages[0]?.Attributes?.ApproximateReceiveCount).to.equal("1");
  });

  it("fails at a message that was sent to the dead-letter queue itself, unless a destination is given", async () => {
    const { dlq, queue } = await pair();
    await send(dlq, 2);
    await sqs.startMessageMoveTask({ SourceArn: arnOf("files-dlq") });
    await reaches("FAILED");
    expect((await task()).FailureReason).to.equal("CouldNotDetermineMessageSource");
    expect(await count(dlq)).to.equal(2);
    await sqs.startMessageMoveTask({
      SourceArn: arnOf("files-dlq"),
      DestinationArn: arnOf("files"),
    });
    await reaches("COMPLETED");
    expect([await count(dlq), await count(queue)]).to.deep.equal([0, 2]);
    const { Results } = await sqs.listMessageMoveTasks({
      SourceArn: arnOf("files-dlq"),
      MaxResults: 10,
    });
    expect(Results?.map(({ Status }) => Status)).to.deep.equal(["COMPLETED", "FAILED"]);
  });

  it("keeps its rate, is the only one of its queue, and leaves the rest when it is cancelled", async () => {
    const { dlq, queue } = await pair();
    await send(dlq, 5);
    const start = () =>
      sqs.startMessageMoveTask({
        SourceArn: arnOf("files-dlq"),
        DestinationArn: arnOf("files"),
        MaxNumberOfMessagesPerSecond: 1,
      });
    const { TaskHandle } = await start();
    await eventually("the first is moved", async () => (await count(queue)) > 0);
    expect(await failure(start())).to.include("There is already a task running");
    await account.passTime(1);
    await eventually("the second is moved", async () => (await count(queue)) > 1);
    expect(await task()).to.include({ Status: "RUNNING", MaxNumberOfMessagesPerSecond: 1 });
    const cancelled = await sqs.cancelMessageMoveTask({ TaskHandle });
    expect(cancelled.ApproximateNumberOfMessagesMoved).to.equal(await count(queue));
    expect((await count(dlq)) + (await count(queue))).to.equal(5);
    await account.passTime(100);
    expect(await count(dlq)).to.be.greaterThan(0);
    expect((await task()).Status).to.equal("CANCELLED");
    expect(await failure(sqs.cancelMessageMoveTask({ TaskHandle }))).not.to.equal("succeeded");
  });

  it("needs an existing dead-letter queue, an existing destination and a legal rate", async () => {
    await pair();
    const start = (source: string, over: object = {}) =>
      failure(sqs.startMessageMoveTask({ SourceArn: arnOf(source), ...over }));
    expect(await start("none")).to.include("ResourceNotFoundException");
    expect(await start("files")).to.include("must be configured as a Dead Letter Queue");
    expect(await start("files-dlq", { DestinationArn: arnOf("none") })).to.include(
      "ResourceNotFoundException",
    );
    expect(await start("files-dlq", { MaxNumberOfMessagesPerSecond: 501 })).to.include("500");
  });

  it("is told which queues a dead-letter queue serves", async () => {
    const { dlq, queue } = await pair();
    const { queueUrls } = await sqs.listDeadLetterSourceQueues({ QueueUrl: dlq });
    expect(queueUrls).to.deep.equal([queue]);
    const none = await sqs.listDeadLetterSourceQueues({ QueueUrl: queue });
    expect(none.queueUrls).to.deep.equal([]);
  });
});
