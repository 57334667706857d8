import { expect } from "chai";
import { embeddedCloud } from "../support/cloud";
import { eventually } from "../support/eventually";
import { TcpGate } from "../support/tcp-gate";
import { OutageStage, portOf, through } from "./outage-stage";
import { WorkerBundle } from "./worker-process";

describe("a worker whose database or S3 cannot be used", () => {
  let bundle: WorkerBundle;
  let databaseUrl: string;
  let gate: TcpGate;
  let stage: OutageStage;

  before(async () => {
    bundle = await WorkerBundle.build();
    ({ databaseUrl } = await embeddedCloud());
  });
  after(() => bundle.remove());
  beforeEach(async () => {
    gate = await TcpGate.before(portOf(databaseUrl));
    stage = await OutageStage.create(bundle, databaseUrl);
  });
  afterEach(async () => {
    await stage.dispose();
    await gate.stop();
  });

  it("keeps what it has, however often it tries, and indexes all of it afterwards", async () => {
    const { keys, queues } = stage;
    await stage.start(through(gate, databaseUrl));
    await stage.send(keys.slice(0, 4));
    await stage.areSettled(4);
    gate.shut();
    await stage.send(keys.slice(4));
    await stage.logs(/cannot be used/);
    // Two attempts are all a message has; those during an outage do not count.
    const { refused } = gate;
    await eventually("it has tried again, and again", () => gate.refused >= refused + 2);
    expect(await queues.count()).to.equal(keys.length - 4);
    expect(await stage.deadLetters()).to.equal(0);
    gate.open();
    await stage.expectAllIndexed("the index's database");
  });

  it("gives back at once what it keeps when it is stopped", async () => {
    await stage.start(through(gate, databaseUrl), { MAX_RECEIVE_COUNT: "3" });
    await stage.logs(/^worker started/);
    gate.shut();
    await stage.send(stage.keys.slice(0, 3));
    await stage.logs(/cannot be used/);
    expect(await stage.stop()).to.equal(0);
    const last = stage.running.lines.at(-1);
    expect(last).to.include({ deadLettered: 0, unsettled: 0 });
    // On a slow machine, one that has waited long is given back before the stop, and may be received again.
    expect(last?.released).to.be.at.least(3);
    expect(await stage.queues.waiting()).to.equal(3);
  });

  it("is stopped within its grace while the database answers nothing", async function () {
    // The query alone would hold the worker for 150 seconds.
    this.timeout(140_000);
    const { keys } = stage;
    const variables = { SHUTDOWN_GRACE_SECONDS: "2", JOB_TIMEOUT_SECONDS: "600" };
    await stage.start(through(gate, databaseUrl), variables);
    await stage.send(keys.slice(0, 1));
    await stage.areSettled(1);
    gate.fallSilent();
    await stage.send(keys.slice(1, 2));
    await eventually("it waits for an answer", () => gate.unanswered > 0);
    await stage.stop();
    expect(stage.running.lines.at(-1)?.msg).to.match(/^stopped.*1 done/);
  });

  it("waits for S3 as well", async () => {
    const { keys, queues } = stage;
    const { endpoint } = queues.account.clientConfig();
    const s3Gate = await TcpGate.before(portOf(endpoint));
    const s3Endpoint = `http://127.0.0.1:${s3Gate.port}`;
    await stage.start(databaseUrl, {}, { AWS_ENDPOINT_URL_S3: s3Endpoint });
    await stage.send(keys.slice(0, 2));
    await stage.areSettled(2);
    s3Gate.shut();
    await stage.send(keys.slice(2));
    await stage.logs(/cannot be used/);
    expect(await queues.count()).to.equal(keys.length - 2);
    s3Gate.open();
    await stage.expectAllIndexed("S3");
    await s3Gate.stop();
  });

  it("waits for the database when it starts, receives nothing until then, and can be stopped", async () => {
    gate.shut();
    await stage.send(stage.keys);
    await stage.start(through(gate, databaseUrl));
    await stage.logs(/the worker starts as soon as it is reachable/);
    expect(await stage.stop()).to.equal(0);
    expect(stage.running.lines.at(-1)).to.include({ done: 0, released: 0 });

    await stage.start(through(gate, databaseUrl));
    await stage.logs(/the worker starts as soon as it is reachable/);
    gate.open();
    await stage.expectAllIndexed("the index's database");
  });
});
