import type { S3Event } from "aws-lambda";
import { CreateQueueCommand, type SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { features, recordingMessageSchema } from "../../../contracts/watchme";
import { audioProcessor } from "../../../worker/watchme/audio-processor";
import { DatabaseStage } from "./database-stage";

const uploaded = (key: string, versionId?: string) => event([{ key, versionId }]);

const event = (objects: { key: string; versionId?: string }[]) =>
  ({
    Records: objects.map((object) => ({
      eventVersion: "2.1",
      eventSource: "aws:s3",
      eventTime: "2026-11-28T08:31:00.000Z",
      eventName: "ObjectCreated:Put",
      s3: { bucket: { name: "watchme-vault" }, object },
    })),
  }) as unknown as S3Event;

/** An event about recordings of devices a and b, in this order. */
const ofTwoDevices = event(
  ["a/2026-11-28/08-00-00", "b/2026-11-28/08-00-00", "a/2026-11-28/09-00-00"].map((name) => ({
    key: `files/${name}/audio.wav`,
  })),
);

const id = "device-1/2026-11-28/08-30-00";

describe("the audio processor", () => {
  let stage: DatabaseStage;
  afterEach(() => stage.destroy());

  async function processor({ fifo = false, ser = undefined as string | undefined } = {}) {
    stage = await DatabaseStage.create({ fifo });
    const { queueUrl, sqs } = stage.queue;
    return audioProcessor({
      queueUrls: { asr: queueUrl, sed: queueUrl, ser: ser ?? queueUrl },
      sqs,
      database: stage.database,
      log: stage.queue.tools().log,
    });
  }
  const recordings = () =>
    stage.query((database) => database.selectFrom("recordings").selectAll().execute());

  it("writes a recording down and sends it to every feature's queue, grouped by device", async () => {
    const process = await processor();
    await process(uploaded(`files/${id}/audio.wav`, "v1"));
    const [row] = await recordings();
    expect(row).to.include({
      recording_id: id,
      device_id: "device-1",
      day: "2026-11-28",
      time: "08-30-00",
      bucket: "watchme-vault",
      key: `files/${id}/audio.wav`,
      summary_requested_at: null,
    });
    const messages = await stage.queue.messages();
    expect(messages).to.have.length(features.length);
    for (const { body, group } of messages) {
      expect(group).to.equal("device-1");
      expect(recordingMessageSchema.parse(JSON.parse(body))).to.include({
        recordingId: id,
        versionId: "v1",
      });
    }
  });

  it("gives a FIFO queue the same message once, also when the call is repeated", async () => {
    const process = await processor({ fifo: true });
    await process(uploaded(`files/${id}/audio.wav`, "v1"));
    await process(uploaded(`files/${id}/audio.wav`, "v1"));
    // One queue stands for all three here, so it drops two of three messages too.
    expect(await stage.queue.messages()).to.have.length(1);
    await process(uploaded(`files/${id}/audio.wav`, "v2"));
    expect(await stage.queue.messages()).to.have.length(2);
    expect(await recordings()).to.have.length(1);
  });

  it("ignores what is no recording", async () => {
    const process = await processor();
    for (const key of [
      "files/device-1/2026-11-28/08-30-00/",
      "files/device-1/2026-11-28/08-30-00/other.wav",
      "files/device-1/2026-02-30/08-30-00/audio.wav",
      "readme.txt",
    ]) {
      await process(uploaded(key));
    }
    expect(await stage.queue.messages()).to.deep.equal([]);
    expect(stage.queue.logged("no recording: ignored")).to.have.length(4);
  });

  it("fails if one queue does not take the message, and a repeat sends all again", async () => {
    const process = await processor({ ser: "https://sqs.ap-southeast-2.amazonaws.com/1/missing" });
    const error: unknown = await process(uploaded(`files/${id}/audio.wav`)).catch(
      (thrown: unknown) => thrown,
    );
    expect(String(error)).to.include("does not exist");
    expect(await recordings()).to.have.length(1);
    await stage.queue.sqs.send(new CreateQueueCommand({ QueueName: "missing" }));
    await process(uploaded(`files/${id}/audio.wav`)).catch((thrown: unknown) => thrown);
    expect(await stage.queue.messages()).to.have.length(4);
  });

  /** The batches that are sent to a queue of asr. `refused`: the recording that it does not accept. */
  async function batchesOf(refused?: string) {
    stage = await DatabaseStage.create();
    const batches: string[][] = [];
    const send = ({ input }: SendMessageBatchCommand) => {
      const entries = (input.Entries ?? []).map(({ Id, MessageBody = "" }) => ({
        Id,
        recording: recordingMessageSchema.parse(JSON.parse(MessageBody)).recordingId,
      }));
      if (input.QueueUrl === "asr") batches.push(entries.map(({ recording }) => recording));
      const Failed = entries.filter(({ recording }) => recording === refused);
      return Promise.resolve({ Failed: Failed.map(({ Id }) => ({ Id, Code: "InternalError" })) });
    };
    const process = audioProcessor({
      queueUrls: { asr: "asr", sed: "sed", ser: "ser" },
      sqs: { send },
      database: stage.database,
      log: stage.queue.tools().log,
    });
    const outcome = await process(ofTwoDevices).then(
      () => "accepted",
      (error: unknown) => String(error),
    );
    return { batches, outcome };
  }

  it("sends an event's recordings in batches, each with one of a device", async () => {
    const { batches, outcome } = await batchesOf();
    expect(outcome).to.equal("accepted");
    expect(batches).to.deep.equal([
      ["a/2026-11-28/08-00-00", "b/2026-11-28/08-00-00"],
      ["a/2026-11-28/09-00-00"],
    ]);
    expect(await recordings()).to.have.length(3);
  });

  it("sends nothing of a device after what the queue did not accept", async () => {
    const { batches, outcome } = await batchesOf("a/2026-11-28/08-00-00");
    expect(outcome).to.include("asr did not accept a message: InternalError");
    expect(batches).to.deep.equal([["a/2026-11-28/08-00-00", "b/2026-11-28/08-00-00"]]);
  });
});
