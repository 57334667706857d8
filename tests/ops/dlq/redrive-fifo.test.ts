import { SendMessageCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { refuseEntry } from "../../support/fault-proxy";
import { bodiesOf, RedriveStage } from "./redrive-stage";

const devices = ["a", "b", "c", "d"];
/** a0 b0 c0 d0 a1 … */
const letters = (each: number) =>
  Array.from({ length: each * devices.length }, (_, index) => {
    const group = devices[index % devices.length] ?? "";
    return { group, body: `${group}${Math.floor(index / devices.length)}` };
  });
const inOrder = (group: string, each: number) =>
  Array.from({ length: each }, (_, number) => `${group}${number}`);

describe("a redrive of a FIFO queue", function () {
  this.timeout(60_000);
  let stage: RedriveStage;
  beforeEach(async () => (stage = await RedriveStage.create({ fifo: true })));
  afterEach(() => stage.close());

  const ofGroup = (bodies: readonly string[], group: string) =>
    bodies.filter((body) => body.startsWith(group));

  it("keeps the groups, and the order in each of them", async () => {
    await stage.dead(letters(12));
    expect(await stage.redrive()).to.include({ moved: 48, notMoved: 0, left: 0 });
    const taken = await stage.take();
    for (const { Body = "", Attributes } of taken)
      expect(Body.startsWith(Attributes?.MessageGroupId ?? "none")).to.equal(true);
    for (const group of devices)
      expect(ofGroup(bodiesOf(taken), group)).to.deep.equal(inOrder(group, 12));
  });

  it("never has two of a group under way, so that no fault can change their order", async () => {
    await stage.dead(letters(6));
    const groups: string[][] = [];
    stage.proxy.inject("SendMessageBatch", Infinity, (call, forward) => {
      const entries = call.body.Entries as { MessageGroupId: string }[];
      groups.push(entries.map(({ MessageGroupId }) => MessageGroupId));
      return forward();
    });
    stage.proxy.inject("DeleteMessageBatch", 3, refuseEntry(0));
    await stage.redrive();
    for (const some of groups) expect(new Set(some).size).to.equal(some.length);
    const bodies = bodiesOf(await stage.take());
    for (const group of devices) expect(ofGroup(bodies, group)).to.deep.equal(inOrder(group, 6));
  });

  it("lets the later ones of a group wait for one that cannot be moved", async () => {
    await stage.dead(letters(3));
    stage.proxy.inject("SendMessageBatch", Infinity, async (call, forward) => {
      const entries = call.body.Entries as { Id: string; MessageBody: string }[];
      const refused = entries.find(({ MessageBody }) => MessageBody === "b1");
      if (refused === undefined) return forward();
      const Entries = entries.filter((entry) => entry !== refused);
      const answer =
        Entries.length === 0
          ? { status: 200, body: { Successful: [] } }
          : await forward({ ...call.body, Entries });
      const Failed = [{ Id: refused.Id, Code: "Bad", Message: "no", SenderFault: true }];
      return { ...answer, body: { ...answer.body, Failed } };
    });
    const result = await stage.redrive();
    expect(result).to.include({ moved: 10, notMoved: 1, left: 2 });
    expect(result.reasons.notMoved).to.have.length(1);
    expect(ofGroup(bodiesOf(await stage.take()), "b")).to.deep.equal(["b0"]);
    stage.proxy.clear();
    expect(await stage.redrive()).to.include({ moved: 2, left: 0 });
    expect(bodiesOf(await stage.take())).to.deep.equal(["b1", "b2"]);
  });

  it("has no second copy when the answer to a send is lost", async () => {
    await stage.dead(letters(2));
    stage.proxy.inject("SendMessageBatch", 2, async (_, forward) => {
      await forward();
      return "drop";
    });
    expect(await stage.redrive()).to.include({ moved: 8, perhapsTwice: 0 });
    expect(await stage.take()).to.have.length(8);
  });

  it("has no second copy either when another machine, without the record, goes on within five minutes", async () => {
    await stage.dead(letters(2));
    stage.proxy.inject("DeleteMessageBatch", Infinity, () =>
      Promise.resolve({ status: 400, body: { __type: "AccessDenied", message: "not allowed" } }),
    );
    expect(await stage.redrive()).to.include({ moved: 0, movedNotDeleted: 1 });
    stage.proxy.clear();
    const elsewhere = `${stage.folder}/another-machine.sqlite`;
    expect(await stage.redrive({ recordFile: elsewhere })).to.include({ moved: 8, sentBefore: 0 });
    const sent = stage.proxy
      .callsOf("SendMessageBatch")
      .flatMap(({ body }) => body.Entries as object[]);
    expect(sent).to.have.length(9);
    expect(await stage.take()).to.have.length(8);
  });

  it("is not dropped for what was sent before: by the producer, or by a redrive a moment ago", async () => {
    // SQS dead-letters after the first receive.
    const queue = { QueueUrl: stage.queues.queueUrl };
    const deadLetterTargetArn = `arn:aws:sqs:ap-northeast-1:${stage.queues.account.accountId}:jobs-dlq.fifo`;
    await stage.queues.client.send(
      new SetQueueAttributesCommand({
        ...queue,
        Attributes: {
          VisibilityTimeout: "0",
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
        },
      }),
    );
    await stage.queues.client.send(
      new SendMessageCommand({
        ...queue,
        MessageBody: "again and again",
        MessageGroupId: "a",
        MessageDeduplicationId: "recording-1",
      }),
    );
    for (const round of [1, 2, 3]) {
      // The worker fails, and the next receive moves the message to the dead-letter queue.
      expect(await stage.receiveOnly(), `round ${round}`).to.equal("again and again");
      expect(await stage.receiveOnly()).to.equal(undefined);
      expect(await stage.left(), `round ${round}`).to.equal(1);
      expect(await stage.redrive(), `round ${round}`).to.include({ moved: 1, left: 0 });
    }
    expect(bodiesOf(await stage.take())).to.deep.equal(["again and again"]);
  });
});
