import { expect } from "chai";
import { Pool } from "pg";
import { reachablePool } from "../../../worker/database/reachable-pool";
import { UnavailableError } from "../../../worker/job/errors";
import { embeddedCloud } from "../../support/cloud";
import { TcpGate } from "../../support/tcp-gate";
import { portOf, through } from "../outage-stage";

describe("a pool of connections", () => {
  it("says that the database is unreachable when it does not answer, and works again afterwards", async () => {
    const { databaseUrl } = await embeddedCloud();
    const gate = await TcpGate.before(portOf(databaseUrl));
    const pool = new Pool({ connectionString: through(gate, databaseUrl) });
    // A connection that breaks reports that as well as its query does.
    pool.on("error", () => undefined);
    pool.on("connect", (client) => client.on("error", () => undefined));
    const connected = await reachablePool(pool, "the index's database", 300).connect();
    gate.fallSilent();
    const error = await connected.query("select 1", []).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(UnavailableError);
    expect(String(error)).to.include("the index's database cannot be used: no answer within 0.3 s");
    connected.release();

    gate.open();
    const again = await reachablePool(pool, "the index's database", 60_000).connect();
    expect((await again.query("select 1 as one", [])).rows).to.deep.equal([{ one: 1 }]);
    again.release();
    await pool.end();
    await gate.stop();
  });
});
