import { expect } from "chai";
import { Client } from "pg";
import { openIndexStore } from "../../../worker/index-store";
import { migrations } from "../../../worker/index-store/migrations";
import { freshDatabase } from "../../support/fresh-database";

const options = {
  maxConnections: 2,
  onConnectionLost: (error: Error) => expect.fail(error.message),
};

describe("migrations", () => {
  it("are applied once when five workers start at the same time", async () => {
    const databaseUrl = await freshDatabase();
    const stores = await Promise.all(
      Array.from({ length: 5 }, () => openIndexStore(databaseUrl, options)),
    );
    await Promise.all(stores.map((store) => store.close()));

    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      "select name from index_migration order by name",
    );
    await client.end();
    expect(rows.map(({ name }) => name)).to.deep.equal(Object.keys(migrations));
  });

  it("do nothing the second time", async () => {
    const databaseUrl = await freshDatabase();
    await (await openIndexStore(databaseUrl, options)).close();
    const store = await openIndexStore(databaseUrl, options);
    expect(await store.search("anything")).to.deep.equal([]);
    await store.close();
  });

  it("refuse a database that does not hold text as UTF-8, and leave nothing in it", async () => {
    const databaseUrl = await freshDatabase();
    const admin = new Client({ connectionString: databaseUrl });
    await admin.connect();
    const name = `${new URL(databaseUrl).pathname.slice(1)}_ascii`;
    await admin.query(
      `create database ${name} encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0`,
    );
    await admin.end();
    const url = new URL(databaseUrl);
    url.pathname = `/${name}`;

    const failure = await openIndexStore(url.href, options).catch((error: unknown) => error);
    expect(String(failure)).to.match(
      /001_documents.*: The index needs .* UTF8; this one has SQL_ASCII/,
    );
    const client = new Client({ connectionString: url.href });
    await client.connect();
    const { rows } = await client.query("select to_regclass('documents') as documents");
    await client.end();
    expect(rows).to.deep.equal([{ documents: null }]);
  });

  it("name no secret when the connection string is refused", async () => {
    const url = new URL(await freshDatabase());
    url.password = "wrong-password";
    const failure = await openIndexStore(url.href, options).catch((error: unknown) => error);
    expect(String(failure)).to.match(/password authentication failed/);
    expect(String(failure)).not.to.include("wrong-password");
  });
});
