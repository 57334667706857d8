import { rm } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { type Database, startDatabase, stopDatabase } from "../../local/cloud/database";
import { ProcessSet } from "../../local/process/process-set";
import { temporaryHome } from "../support/cloud";
import { TcpGate } from "../support/tcp-gate";
import { OutageStage, portOf, through } from "./outage-stage";
import { WorkerBundle } from "./worker-process";

describe("a worker in a long outage", function () {
  this.timeout(300_000);
  const processes = new ProcessSet();
  const home = temporaryHome();
  let bundle: WorkerBundle;
  let database: Database;
  let stage: OutageStage;

  before(async () => {
    bundle = await WorkerBundle.build();
    database = await startDatabase(home, processes);
  });
  after(async () => {
    await processes.close();
    await rm(home, { recursive: true, force: true });
    bundle.remove();
  });
  beforeEach(async () => {
    stage = await OutageStage.create(bundle, database.databaseUrl);
  });
  afterEach(() => stage.dispose());

  it("keeps its messages longer than two leases and indexes them once PostgreSQL runs again", async () => {
    const { keys, queues } = stage;
    const leaseSeconds = 10;
    const variables = { VISIBILITY_TIMEOUT_SECONDS: String(leaseSeconds) };
    await stage.start(database.databaseUrl, variables);
    await stage.send(keys.slice(0, 4));
    await stage.areSettled(4);
    await stopDatabase(database, processes);
    await stage.send(keys.slice(4));
    await stage.logs(/cannot be used/);
    // Two attempts are all a message has.
    await delay(2.5 * leaseSeconds * 1000);
    expect(await queues.count()).to.equal(keys.length - 4);
    expect(await stage.deadLetters()).to.equal(0);
    database = await startDatabase(home, processes);
    await stage.expectAllIndexed("the index's database");
  });

  it("waits for the end of a network fault in which the database answers nothing", async () => {
    const { keys } = stage;
    const gate = await TcpGate.before(portOf(database.databaseUrl));
    // The worker waits for an answer for 5/12 of this.
    await stage.start(through(gate, database.databaseUrl), { JOB_TIMEOUT_SECONDS: "60" });
    await stage.send(keys.slice(0, 2));
    await stage.areSettled(2);
    gate.fallSilent();
    await stage.send(keys.slice(2));
    await stage.logs(/cannot be used/);
    gate.open();
    await stage.expectAllIndexed("the index's database");
    await gate.stop();
  });
});
