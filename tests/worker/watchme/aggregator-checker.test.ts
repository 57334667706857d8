import type { SQSClient } from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { aggregatorChecker } from "../../../worker/watchme/aggregator-checker";
import { FaultProxy, refuseEntry } from "../../support/fault-proxy";
import { embeddedCloud } from "../../support/cloud";
import { SQSClient as Client } from "@aws-sdk/client-sqs";
import { region } from "../lambda/queue-stage";
import { DatabaseStage } from "./database-stage";

describe("the aggregator checker", () => {
  let stage: DatabaseStage;
  beforeEach(async () => {
    stage = await DatabaseStage.create();
  });
  afterEach(() => stage.destroy());

  const checker = (sqs: Pick<SQSClient, "send"> = stage.queue.sqs) =>
    aggregatorChecker({
      summaryQueueUrl: stage.queue.queueUrl,
      sqs,
      database: stage.database,
      log: stage.queue.tools().log,
    });
  const times = (device: string, ...hours: string[]) =>
    hours.map((hour) => `${device}/2026-11-28/${hour}-00-00`);

  it("asks for a summary of each day once all three features are there, and only once", async () => {
    await stage.record(times("device-1", "08", "09"));
    await stage.record(times("device-2", "08"));
    await stage.record(times("device-3", "08"), { of: ["asr", "sed"] });
    const check = checker();
    await check();
    await check();
    expect(await stage.sent()).to.deep.equal([
      { deviceId: "device-1", day: "2026-11-28", recordings: 2 },
      { deviceId: "device-2", day: "2026-11-28", recordings: 1 },
    ]);
    const groups = (await stage.queue.messages()).map(({ group }) => group);
    expect(groups).to.deep.equal(["device-1", "device-2"]);
  });

  it("asks again, with a higher count, for a day of which more recordings are complete", async () => {
    await stage.record(times("device-1", "08"));
    await stage.record(times("device-1", "09"), { of: ["asr", "ser"] });
    const check = checker();
    await check();
    await stage.record(times("device-1", "09"), { of: ["sed"] });
    await check();
    expect((await stage.sent()).map(({ recordings }) => recordings)).to.deep.equal([1, 2]);
  });

  it("marks only what was accepted, and asks for the rest the next time", async () => {
    for (const device of ["device-1", "device-2", "device-3"]) {
      await stage.record(times(device, "08"));
    }
    const proxy = await FaultProxy.start((await embeddedCloud()).endpoint);
    const sqs = new Client({
      ...stage.queue.account.clientConfig(region),
      endpoint: proxy.endpoint,
      useQueueUrlAsEndpoint: false,
    });
    proxy.inject("SendMessageBatch", 1, refuseEntry(1));
    const check = checker(sqs);
    const error: unknown = await check().catch((thrown: unknown) => thrown);
    expect(String(error)).to.match(/^Error: 1 messages were not accepted by .*jobs: injected$/);
    await check();
    const devices = (await stage.sent()).map(({ deviceId }) => deviceId);
    expect(devices).to.deep.equal(["device-1", "device-3", "device-2"]);
    sqs.destroy();
    await proxy.stop();
  });

  it("leaves the work to another call that is at it", async () => {
    await stage.record(times("device-1", "08"));
    let began = () => undefined as void;
    const isAtWork = new Promise<void>((resolve) => (began = resolve));
    let goOn = () => undefined as void;
    const waits = new Promise<void>((resolve) => (goOn = resolve));
    const slow = {
      send: async (command: Parameters<SQSClient["send"]>[0]) => {
        began();
        await waits;
        return stage.queue.sqs.send(command);
      },
    } as SQSClient;
    const first = checker(slow)();
    await isAtWork;
    await checker()();
    expect(stage.queue.logged("another call is at work")).to.have.length(1);
    goOn();
    await first;
    expect(await stage.sent()).to.have.length(1);
  });

  it("sends more than ten in batches", async () => {
    for (let device = 0; device < 23; device += 1) {
      await stage.record(times(`device-${device}`, "08"));
    }
    await checker()();
    expect(await stage.sent()).to.have.length(23);
  });
});
