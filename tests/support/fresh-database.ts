import { randomUUID } from "node:crypto";
import { Client } from "pg";
import { embeddedCloud } from "./cloud";

/** An empty database of its own on the embedded server; the server goes after the last test. */
export async function freshDatabase(): Promise<string> {
  const { databaseUrl } = await embeddedCloud();
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`create database ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}
