import { expect } from "chai";
import { apiRequestSchema, type RecordingMessage } from "../../../contracts/watchme";
import { stateKeys } from "../../../contracts/state-table";
import { FakeApi } from "../../../rehearsal/watchme/fake-api";
import { ApiBreaker } from "../../../worker/lambda/api-breaker";
import { queueHandler } from "../../../worker/lambda/queue-handler";
import { apiWork } from "../../../worker/watchme/api-worker";
import { callContext, QueueStage } from "../lambda/queue-stage";

const recording = (time: string): RecordingMessage => ({
  recordingId: `device-1/2026-11-28/${time}`,
  deviceId: "device-1",
  day: "2026-11-28",
  time,
  bucket: "watchme-vault",
  key: `files/device-1/2026-11-28/${time}/audio.wav`,
  versionId: "v1",
});

describe("the worker of an API", () => {
  let api: FakeApi;
  let stage: QueueStage;
  let pauses: unknown[];
  before(async () => {
    api = await FakeApi.start({ feature: "asr" });
  });
  after(() => api.stop());
  beforeEach(() => {
    pauses = [];
    api.fault = "none";
    api.attempts = 0;
    api.accepted.clear();
  });
  afterEach(() => stage.destroy());

  async function handlerOn({ fifo = false, timeoutMs = 10_000 } = {}) {
    stage = await QueueStage.create({ fifo });
    const send = (command: { input: unknown }) => Promise.resolve(pauses.push(command.input));
    const breaker = new ApiBreaker({
      dynamo: stage.dynamo,
      lambda: { send },
      table: stage.table,
      worker: "asr",
      backPressureFunction: "back-pressure",
    });
    const work = apiWork({ feature: "asr", apiUrl: api.url, timeoutMs, breaker });
    return queueHandler(work, stage.tools({ BACK_OFF_SECONDS: 1 }));
  }
  const failures = async () =>
    Number((await stage.item(stateKeys.breaker("asr")))?.failures?.N ?? 0);
  const records = (receiveCount: number, ...times: string[]) =>
    times.map((time) => stage.invented({ id: time, body: recording(time), receiveCount }));

  it("hands recordings over, each with a key that names the work", async () => {
    const handle = await handlerOn();
    const Records = records(1, "08-00-00", "09-00-00");
    expect((await handle({ Records }, callContext())).batchItemFailures).to.deep.equal([]);
    expect([...api.accepted.keys()].sort()).to.deep.equal([
      "device-1/2026-11-28/08-00-00/asr/v1",
      "device-1/2026-11-28/09-00-00/asr/v1",
    ]);
    for (const request of api.accepted.values()) apiRequestSchema.parse(request);
    expect(await failures()).to.equal(0);
  });

  it("lets messages wait in the queue through an outage, and asks for a pause", async () => {
    const handle = await handlerOn();
    api.fault = "500";
    const Records = records(3, "08-00-00", "09-00-00", "10-00-00", "11-00-00");
    const answer = await handle({ Records }, callContext());
    expect(answer.batchItemFailures, "all are sent again").to.deep.equal([]);
    expect(await failures()).to.equal(4);
    expect(pauses).to.have.length.at.least(1);
    const copies = (await stage.messages()).map(({ body }) => body);
    expect(copies.sort()).to.deep.equal(Records.map(({ body }) => body));
  });

  it("gives a message that fails alone its last attempts, and then to the dead-letter queue", async () => {
    const handle = await handlerOn();
    api.fault = "500";
    const [record] = records(3, "08-00-00");
    const parked = (times: number) => ({
      ...record!,
      messageAttributes: {
        queuefleetParked: { dataType: "Number" as const, stringValue: String(times) },
      },
    });
    const again = await handle({ Records: [parked(4)] }, callContext());
    expect(again.batchItemFailures).to.deep.equal([]);
    const last = await handle({ Records: [parked(5)] }, callContext());
    expect(last.batchItemFailures).to.have.length(1);
  });

  it("counts no failure of the API for a request that it refused", async () => {
    const handle = await handlerOn();
    const Records = [
      stage.invented({ body: { ...recording("08-00-00"), day: "2026-11-28", time: "25-00-00" } }),
    ];
    const answer = await handle({ Records }, callContext());
    expect(answer.batchItemFailures).to.have.length(1);
    expect(stage.logged("failed")[0]?.reason).to.include("it answered 422");
    expect(await failures()).to.equal(0);
  });

  it("does not judge the API by a call that had too little time", async () => {
    const handle = await handlerOn({ timeoutMs: 50_000 });
    api.fault = "hangs";
    const answer = await handle({ Records: records(1, "08-00-00") }, callContext(6300));
    expect(answer.batchItemFailures).to.have.length(1);
    expect(stage.logged("failed")[0]?.reason).to.include("too short to judge the API by");
    expect(await failures()).to.equal(0);
  });

  it("asks for a pause in time for a message of a FIFO queue, which cannot be sent again", async () => {
    const handle = await handlerOn({ fifo: true });
    api.fault = "closes";
    await handle({ Records: records(1, "08-00-00") }, callContext());
    expect(pauses).to.deep.equal([]);
    await handle({ Records: records(2, "08-00-00") }, callContext());
    expect(pauses).to.have.length(1);
  });
});
