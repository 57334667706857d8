import { expect } from "chai";
import { eventually } from "../../../tests/support/eventually";
import { embeddedCloud } from "../../../tests/support/cloud";
import { FunctionStage } from "./function-stage";

describe("a fair queue", () => {
  async function stage() {
    const account = (await embeddedCloud()).account();
    const functions = new FunctionStage(account);
    const QueueUrl = await functions.createQueue("fair", { VisibilityTimeout: "900" });
    const send = (group: string | undefined, ...bodies: string[]) =>
      functions.sendAll(
        QueueUrl,
        bodies.map((body) => ({ body, ...(group === undefined ? {} : { group }) })),
      );
    const receive = async (count: number) => {
      const { Messages = [] } = await functions.sqs.receiveMessage({
        QueueUrl,
        MaxNumberOfMessages: count,
      });
      return Messages;
    };
    const bodies = async (count: number) => (await receive(count)).map(({ Body }) => Body);
    const gauge = (name: string) =>
      functions.metric("AWS/SQS", name, { QueueName: "fair" }, "Maximum");
    return { account, functions, QueueUrl, send, receive, bodies, gauge };
  }
  const many = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);

  it("gives the messages of quiet tenants first, and counts them apart", async () => {
    const { send, bodies, gauge } = await stage();
    await send("big", ...many("big", 20));
    expect(await bodies(2)).to.deep.equal(["big0", "big1"]);
    await send("small", "small0");
    await send(undefined, "alone");
    await send("big", "big20");
    await send("other", "other0");
    await eventually(
      "the gauges",
      async () => (await gauge("ApproximateNumberOfNoisyGroups")) === 1,
    );
    await eventually(
      "the gauges of quiet groups",
      async () => (await gauge("ApproximateNumberOfMessagesVisibleInQuietGroups")) === 3,
    );
    expect(await gauge("ApproximateNumberOfMessagesVisible")).to.be.at.least(22);
    expect(await gauge("ApproximateNumberOfMessagesNotVisibleInQuietGroups")).to.equal(0);
    expect(await gauge("ApproximateNumberOfMessagesDelayedInQuietGroups")).to.equal(0);
    expect(await gauge("ApproximateAgeOfOldestMessageInQuietGroups")).to.be.at.most(
      (await gauge("ApproximateAgeOfOldestMessage")) ?? 0,
    );
    expect(await bodies(5)).to.deep.equal(["small0", "alone", "other0", "big2", "big3"]);
  });

  it("gives the noisy tenant with the fewest messages in flight first, if all are noisy", async () => {
    const { send, bodies } = await stage();
    await send("a", ...many("a", 10));
    expect(await bodies(4)).to.deep.equal(["a0", "a1", "a2", "a3"]);
    await send("b", ...many("b", 10));
    expect(await bodies(3)).to.deep.equal(["b0", "b1", "b2"]);
    await send("c", "c");
    // As soon as b has more than a tenth of the processing time too, c is the only quiet one.
    const received = ["a0", "a1", "a2", "a3", "b0", "b1", "b2"];
    await eventually("c comes first", async () => {
      const [next = ""] = await bodies(1);
      received.push(next);
      return next === "c";
    });
    received.push(...(await bodies(5)).map(String));
    const inFlight = (tenant: string) => received.filter((one) => one.startsWith(tenant)).length;
    expect(inFlight("a") - inFlight("b")).to.be.within(-1, 1);
  });

  it("forgets a noisy tenant when its messages are consumed, or when it had none in flight for five minutes", async () => {
    const { account, functions, QueueUrl, send, receive, bodies } = await stage();
    await send("big", ...many("big", 3));
    const [first] = await receive(1);
    await functions.sqs.changeMessageVisibility({
      QueueUrl,
      ReceiptHandle: first?.ReceiptHandle,
      VisibilityTimeout: 0,
    });
    await send("small", "small0");
    expect(await bodies(1)).to.deep.equal(["small0"]);
    await account.passTime(301);
    await send("small", "small1");
    // Again in the order in which they were sent.
    expect(await bodies(1)).to.deep.equal(["big0"]);
  });

  it("keeps the order of messages without groups", async () => {
    const { send, bodies, gauge } = await stage();
    await send(undefined, ...many("", 12));
    expect([...(await bodies(5)), ...(await bodies(7))]).to.deep.equal(many("", 12));
    expect(await gauge("ApproximateNumberOfNoisyGroups")).to.equal(undefined);
  });

  it("does not make other tenants wait for a thousand messages of one, with a concurrency of 2", async () => {
    const { functions, QueueUrl, send } = await stage();
    const body = `const [{ body }] = event.Records; console.log(JSON.stringify({ body }));`;
    await functions.createFunction("work", body);
    await send("big", ...many("big", 1000));
    await functions.map("fair", "work", {
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    const processed = async () =>
      (await functions.loggedJson<{ body: string }>("work")).map((call) => call.body);
    await eventually("the first were processed", async () => (await processed()).length > 10);
    await send("small", ...many("small", 5));
    await eventually("all of the small tenant were processed", async () => {
      return (await processed()).filter((one) => one.startsWith("small")).length === 5;
    });
    expect((await functions.depth(QueueUrl)).visible).to.be.above(0);
  });
});
