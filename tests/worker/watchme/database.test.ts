import { PutParameterCommand } from "@aws-sdk/client-ssm";
import { sql } from "kysely";
import { expect } from "chai";
import { LazyDatabase } from "../../../worker/watchme/database";
import { UnavailableError } from "../../../worker/job/errors";
import { DatabaseStage } from "./database-stage";

describe("WatchMe's database", () => {
  let stage: DatabaseStage;
  let now = 0;
  const opened: LazyDatabase[] = [];
  beforeEach(async () => {
    stage = await DatabaseStage.create();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((database) => database.close()));
    await stage.destroy();
  });
  const open = () => {
    const database = new LazyDatabase({
      environment: { DATABASE_URL_PARAMETER: DatabaseStage.parameter },
      ssm: stage.ssm,
      log: stage.queue.tools().log,
      now: () => now,
    });
    opened.push(database);
    return database;
  };
  const connection = (database: LazyDatabase) =>
    database.use(async (connected) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(
        connected,
      );
      return rows[0]?.pid;
    });
  const point = (Value: string) =>
    stage.ssm.send(
      new PutParameterCommand({
        ...{ Name: DatabaseStage.parameter, Value, Type: "SecureString", Overwrite: true },
      }),
    );

  it("gets its tables from whichever of five functions comes first", async () => {
    await Promise.all(
      Array.from({ length: 5 }, () =>
        open().use((database) => database.selectFrom("recordings").selectAll().execute()),
      ),
    );
    const { rows } = await stage.query((database) =>
      sql<{ name: string }>`select name from watchme_migration order by name`.execute(database),
    );
    expect(rows.map(({ name }) => name)).to.deep.equal(["001_recordings", "002_days"]);
  });

  it("keeps its connection for the next call, but not over a long pause", async () => {
    const database = open();
    const first = await connection(database);
    now += 50_000;
    expect(await connection(database)).to.equal(first);
    now += 61_000;
    expect(await connection(database)).not.to.equal(first);
  });

  it("reads its parameter again after it could not be opened", async () => {
    await point("postgresql://127.0.0.1:1/nowhere");
    const database = open();
    const error: unknown = await connection(database).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(UnavailableError);
    expect(String(error)).to.include("WatchMe's database cannot be used: ");
    await point("not a connection string");
    const other: unknown = await connection(database).catch((thrown: unknown) => thrown);
    expect(other, "no message is the cause of that either").to.be.instanceOf(UnavailableError);
    await point(stage.databaseUrl);
    expect(await connection(database)).to.be.a("number");
  });
});
