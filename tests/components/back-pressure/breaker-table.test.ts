import { GetItemCommand, UpdateItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect } from "chai";
import { createBackPressure } from "../../../components/back-pressure/breaker/back-pressure";
import { BreakerTable } from "../../../components/back-pressure/breaker/breaker-table";
import type { GuardedBreaker } from "../../../components/back-pressure/breaker/step";
import { stateKeys } from "../../../contracts/state-table";
import { createStateTable } from "../../support/state-table";
import { workers, World } from "./world";

describe("the breakers in the state table", () => {
  let client: DynamoDBClient;
  let tableName: string;
  let table: BreakerTable;

  before(async () => {
    ({ client, tableName } = await createStateTable());
    table = new BreakerTable(client, tableName);
  });
  after(() => client.destroy());

  const key = (worker: string) => ({ id: { S: stateKeys.breaker(worker) } });
  /** What a worker writes. */
  const addFailure = (worker: string) =>
    client.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: key(worker),
        UpdateExpression: "ADD failures :one",
        ExpressionAttributeValues: { ":one": { N: "1" } },
      }),
    );

  it("are closed, without failures, if there is no item, and keep what a worker wrote first", async () => {
    expect(await table.read("new")).to.include({ state: "closed", failures: 0, revision: 0 });
    await addFailure("new");
    expect(await table.read("new")).to.include({ state: "closed", failures: 1, revision: 0 });
  });

  it("come back as they were written, and lose what is not given any more", async () => {
    const empty = await table.read("asr");
    const open: GuardedBreaker = {
      ...empty,
      state: "open",
      since: "2026-11-21T10:00:00.000Z",
      failedTrials: 2,
      reason: "504",
      ticks: 3,
      mappings: { "asr-1": "disabled" },
      drains: { "asr-2": 4 },
      lease: { holder: "me", until: "2026-11-21T10:00:50.000Z" },
    };
    const written = await table.write("asr", empty, open);
    expect(written).to.deep.equal({ ...open, revision: 1 });
    expect(await table.read("asr")).to.deep.equal(written);
    const closed = { ...open, state: "closed" as const, reason: undefined, lease: undefined };
    await table.write("asr", written!, closed);
    expect(await table.read("asr")).to.not.have.any.keys("reason", "lease");
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, Key: key("asr") }),
    );
    expect(Item).to.not.have.property("expiration");
  });

  it("refuse a write of a call that has read an older state, and keep the failures that workers counted meanwhile", async () => {
    const read = await table.read("sed");
    await addFailure("sed");
    const written = await table.write("sed", read, { ...read, ticks: 1 });
    expect(await table.read("sed")).to.include({ failures: 1, ticks: 1 });
    expect(await table.write("sed", read, { ...read, ticks: 7 })).to.equal(undefined);
    await table.write("sed", written!, { ...written!, state: "half-open", failures: 0 });
    expect(await table.read("sed")).to.include({ failures: 1, ticks: 1, state: "half-open" });
  });

  it("end up open, with the mapping disabled, after ticks, pauses and failures at the same time", async () => {
    const world = new World();
    world.apiAnswers = false;
    const handler = createBackPressure({
      workers: { ser: workers.asr! },
      breakers: table,
      mappings: {
        read: (uuid) => Promise.resolve({ ...world.mapping(uuid) }),
        update: (uuid, update) => world.update(uuid, update),
      },
      countMessages: () => Promise.resolve(0),
      countMessagesByName: () => Promise.resolve(0),
      wait: () => Promise.resolve(),
      ask: () => Promise.resolve({ ok: false, milliseconds: 1 }),
      report: () => undefined,
      log: () => undefined,
      now: () => new Date(),
    });
    await Promise.all([
      ...Array.from({ length: 10 }, () => addFailure("ser")),
      ...Array.from({ length: 8 }, () => handler({ pause: "ser", reason: "504" })),
      handler({ tick: true }),
      handler({ tick: true }),
    ]);
    const breaker = await table.read("ser");
    expect(breaker).to.include({ state: "open", failures: 10 });
    expect(breaker.mappings).to.deep.equal({ "asr-1": "disabled" });
    expect(breaker).to.not.have.property("lease");
    expect(world.mapping("asr-1").state).to.equal("Disabled");
    expect(world.updates).to.have.length(1);
  });
});
