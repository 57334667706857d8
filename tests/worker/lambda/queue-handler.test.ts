import { expect } from "chai";
import { z } from "zod";
import { checkAttribute } from "../../../contracts/function-check";
import { loadTestAttribute, loadTestLineSchema, markText } from "../../../contracts/load-test";
import { stateKeys } from "../../../contracts/state-table";
import { queueHandler } from "../../../worker/lambda/queue-handler";
import type { QueueWork } from "../../../worker/lambda/queue-work";
import { UnavailableError } from "../../../worker/job/errors";
import { callContext, QueueStage } from "./queue-stage";

type Job = { id: string };
const bodyOf = (id: string) => JSON.stringify({ id });

describe("the handler of a queue", () => {
  let stage: QueueStage;
  /** Ids in the order in which their work began. */
  let begun: string[];
  /** What the work of an id does. By default it succeeds. */
  let outcomes: Record<string, () => Promise<void>>;
  const work: QueueWork<Job> = {
    schema: z.object({ id: z.string().min(1) }),
    workKey: ({ id }) => id,
    process: async ({ id }) => {
      begun.push(id);
      await outcomes[id]?.();
    },
  };
  const fails =
    (thrown: unknown = new Error("no")) =>
    () =>
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the case
      Promise.reject(thrown);
  const ids = (answer: { batchItemFailures: { itemIdentifier: string }[] }) =>
    answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  beforeEach(() => {
    begun = [];
    outcomes = {};
  });
  afterEach(() => stage.destroy());

  describe("on a standard queue", () => {
    beforeEach(async () => {
      stage = await QueueStage.create();
    });

    it("reports the failed records only, and counts both kinds", async () => {
      for (const id of ["a", "b", "c"]) await stage.send(bodyOf(id), { group: "device-1" });
      outcomes.b = fails();
      const event = await stage.event(3);
      const answer = await queueHandler(work, stage.tools())(event, callContext());

      const failed = event.Records.find(({ body }) => body === bodyOf("b"));
      expect(ids(answer)).to.deep.equal([failed?.messageId]);
      expect(stage.metrics).to.have.length(1);
      expect(stage.metrics[0]).to.include({
        FunctionName: "watchme-asr-worker",
        RecordsProcessed: 2,
        RecordsFailed: 1,
      });
      const [line] = stage.logged("failed");
      expect(line).to.include({ level: "error", reason: "no", group: "device-1", receiveCount: 1 });
    });

    it("reports all records when all failed, whatever was thrown", async () => {
      const thrown = [undefined, null, "text", 7, { message: 1 }, new Error(""), Symbol("s")];
      thrown.forEach((value, index) => (outcomes[String(index)] = fails(value)));
      const Records = thrown.map((_, index) =>
        stage.invented({ id: `m${index}`, body: { id: String(index) } }),
      );
      const answer = await queueHandler(work, stage.tools())({ Records }, callContext());
      expect(ids(answer)).to.have.members(Records.map(({ messageId }) => messageId));
      expect(stage.metrics[0]).to.include({ RecordsProcessed: 0, RecordsFailed: thrown.length });
    });

    it("hides a failed message longer each time, and not at all when its attempts are used up", async () => {
      await stage.send(bodyOf("a"));
      outcomes.a = fails();
      const handle = queueHandler(work, stage.tools());
      const [record] = (await stage.event(1)).Records;
      const hiddenAfter = async (receiveCount: string) => {
        const attributes = { ...record!.attributes, ApproximateReceiveCount: receiveCount };
        await handle({ Records: [{ ...record!, attributes }] }, callContext());
        return (await stage.messages())[0]?.hiddenSeconds;
      };
      expect(await hiddenAfter("1")).to.be.within(28, 31);
      expect(await hiddenAfter("2")).to.be.within(118, 121);
      expect(await hiddenAfter("3")).to.equal(0);
      expect(stage.logged("failed for the last time")).to.have.length(1);
    });

    it("says what is wrong with a body, and sends it to its dead-letter queue without waits", async () => {
      await stage.send("not JSON");
      await stage.send('{"id":7}');
      const answer = await queueHandler(work, stage.tools())(await stage.event(2), callContext());
      expect(answer.batchItemFailures).to.have.length(2);
      expect((await stage.messages()).map(({ hiddenSeconds }) => hiddenSeconds)).to.deep.equal([
        0, 0,
      ]);
      const reasons = stage.logged("failed").map(({ reason }) => String(reason));
      expect(reasons).to.include("the body is not JSON: not JSON");
      expect(reasons.find((reason) => reason.includes("id: Invalid input"))).to.include('{"id":7}');
      expect(begun).to.deep.equal([]);
    });

    it("does the same work once, in whatever message it comes", async () => {
      const handle = queueHandler(work, stage.tools());
      const event = () => ({ Records: [stage.invented({ body: { id: "a" } })] });
      expect(ids(await handle(event(), callContext()))).to.deep.equal([]);
      expect(ids(await handle(event(), callContext()))).to.deep.equal([]);
      expect(begun).to.deep.equal(["a"]);
      expect(stage.logged("done before")).to.have.length(1);
    });

    it("does work again that failed", async () => {
      const handle = queueHandler(work, stage.tools());
      const event = { Records: [stage.invented({ body: { id: "a" } })] };
      outcomes.a = fails();
      expect(ids(await handle(event, callContext()))).to.have.length(1);
      outcomes = {};
      expect(ids(await handle(event, callContext()))).to.deep.equal([]);
      expect(begun).to.deep.equal(["a", "a"]);
    });

    it("lets a copy wait while another call does the same work", async () => {
      const handle = queueHandler(work, stage.tools());
      let finish = () => undefined as void;
      outcomes.a = () => new Promise((resolve) => (finish = resolve));
      const event = () => ({ Records: [stage.invented({ body: { id: "a" } })] });
      const first = handle(event(), callContext());
      while (begun.length === 0) await new Promise(setImmediate);

      const copy = event();
      const answer = await handle(copy, callContext());
      expect(ids(answer)).to.deep.equal([copy.Records[0]?.messageId]);
      expect(stage.logged("failed")[0]?.reason).to.include("another call is doing the same work");
      finish();
      expect(ids(await first)).to.deep.equal([]);
      expect(ids(await handle(copy, callContext()))).to.deep.equal([]);
      expect(begun).to.deep.equal(["a"]);
    });

    it("does not start work for which no time is left", async () => {
      const answer = await queueHandler(work, stage.tools())(
        { Records: [stage.invented({ body: { id: "a" } })] },
        callContext(1100),
      );
      expect(ids(answer)).to.have.length(1);
      expect(begun).to.deep.equal([]);
      expect(await stage.items()).to.deep.equal([]);
    });

    it("only marks the test message of a deployment", async () => {
      await stage.send("{}", {
        attributes: { [checkAttribute]: { DataType: "String", StringValue: "check-1" } },
      });
      const answer = await queueHandler(work, stage.tools())(await stage.event(1), callContext());
      expect(ids(answer)).to.deep.equal([]);
      const item = await stage.item(stateKeys.check("check-1"));
      expect(item?.version).to.deep.equal({ S: "7" });
      const seconds = Number(item?.expiration?.N) - Date.now() / 1000;
      expect(seconds).to.be.within(3500, 3600);
      expect(stage.metrics[0]).to.include({ RecordsProcessed: 0, RecordsFailed: 0 });
    });

    it("says of a load test's messages how each attempt ended, and when the message was sent", async () => {
      const mark = (number: number) => ({
        [loadTestAttribute]: {
          DataType: "String",
          StringValue: markText({ run: "run-1", number }),
        },
      });
      await stage.send(bodyOf("a"), { attributes: mark(0) });
      await stage.send(bodyOf("b"), { attributes: mark(1) });
      await stage.send(bodyOf("c"));
      outcomes.b = fails(new Error("no"));
      await queueHandler(work, stage.tools())(await stage.event(3), callContext());
      const lines = stage.lines.flatMap((line) => loadTestLineSchema.safeParse(line).data ?? []);
      const said = lines.map(({ loadTest, loadTestMessage, msg, reason }) => ({
        ...{ loadTest, loadTestMessage, msg, reason },
      }));
      expect(said).to.have.deep.members([
        { loadTest: "run-1", loadTestMessage: 0, msg: "done", reason: undefined },
        { loadTest: "run-1", loadTestMessage: 1, msg: "failed", reason: "no" },
      ]);
      for (const { sentAt, time } of lines)
        expect(sentAt <= time, `${sentAt} ${time}`).to.equal(true);
    });

    it("sends a message again that met outages only, with everything that is in it", async () => {
      const attributes = {
        text: { DataType: "String", StringValue: "ü" },
        number: { DataType: "Number.int", StringValue: "7" },
        binary: { DataType: "Binary", BinaryValue: new Uint8Array([0, 255, 10]) },
      };
      await stage.send(bodyOf("a"), { group: "device-1", attributes });
      const event = await stage.event(1);
      event.Records[0]!.attributes.ApproximateReceiveCount = "3";
      outcomes.a = fails(new UnavailableError("the API", new Error("gone")));
      const answer = await queueHandler(work, {
        ...stage.tools({ BACK_OFF_SECONDS: 1 }),
        random: () => 0,
      })(event, callContext());
      expect(ids(answer)).to.deep.equal([]);
      expect(stage.metrics[0]).to.include({ RecordsProcessed: 0, RecordsFailed: 1 });

      const [copy] = (await stage.event(1)).Records;
      expect(copy?.body).to.equal(bodyOf("a"));
      expect(copy?.attributes).to.include({
        ApproximateReceiveCount: "1",
        MessageGroupId: "device-1",
      });
      expect(copy?.messageAttributes).to.deep.equal({
        ...event.Records[0]?.messageAttributes,
        queuefleetParked: { dataType: "Number", stringValue: "1" },
      });
    });

    it("treats a state table that it cannot reach as an outage", async () => {
      const tools = stage.tools({ STATE_TABLE: "missing" });
      const event = { Records: [stage.invented({ body: { id: "a" } })] };
      expect(ids(await queueHandler(work, tools)(event, callContext()))).to.have.length(1);
      expect(begun).to.deep.equal([]);
      expect(stage.logged("failed")[0]?.reason).to.match(
        /^UnavailableError: the state table cannot be used: /,
      );
    });
  });

  describe("on a FIFO queue", () => {
    beforeEach(async () => {
      stage = await QueueStage.create({ fifo: true });
    });

    it("skips the rest of a failed message's group, which comes again together, and goes on with other groups", async () => {
      for (const id of ["a1", "a2", "b1", "a3", "b2"]) {
        await stage.send(bodyOf(id), { group: id.slice(0, 1) });
      }
      outcomes.a2 = fails();
      const event = await stage.event(5);
      const answer = await queueHandler(work, stage.tools())(event, callContext());
      expect(begun).to.deep.equal(["a1", "a2", "b1", "b2"]);
      const failed = event.Records.filter(({ messageId }) => ids(answer).includes(messageId));
      expect(failed.map(({ body }) => body)).to.deep.equal([bodyOf("a2"), bodyOf("a3")]);
      const waits = (await stage.messages()).filter(({ body }) =>
        [bodyOf("a2"), bodyOf("a3")].includes(body),
      );
      for (const { hiddenSeconds } of waits) expect(hiddenSeconds).to.be.within(28, 31);
      expect(waits).to.have.length(2);
    });

    it("goes on with the group after a message that can never be processed", async () => {
      const record = (id: string, receiveCount: number) =>
        stage.invented({ id, body: { id }, group: "a", receiveCount });
      const invalid = stage.invented({ id: "invalid", body: {}, group: "a", receiveCount: 1 });
      outcomes.spent = fails();
      outcomes.failing = fails();
      const Records = [record("spent", 3), invalid, record("next", 2), record("failing", 2)];
      Records.push(record("last", 1));
      const answer = await queueHandler(work, stage.tools())({ Records }, callContext());
      expect(begun).to.deep.equal(["spent", "next", "failing"]);
      expect(ids(answer)).to.deep.equal(["spent", "invalid", "failing", "last"]);
    });

    it("never sends a message again, because its copy would come after later ones", async () => {
      outcomes.a = fails(new UnavailableError("the API", new Error("gone")));
      const Records = [stage.invented({ id: "m", body: { id: "a" }, receiveCount: 3 })];
      const answer = await queueHandler(work, stage.tools())({ Records }, callContext());
      expect(ids(answer)).to.deep.equal(["m"]);
      expect(await stage.messages()).to.deep.equal([]);
    });
  });
});
