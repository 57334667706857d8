import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { Client } from "pg";
import { embeddedCloud } from "../../../tests/support/cloud";

describe("the embedded cloud of the tests", () => {
  it("keeps accounts apart", async () => {
    const cloud = await embeddedCloud();
    const one = new SQSClient(cloud.account().clientConfig());
    const other = new SQSClient(cloud.account().clientConfig());
    await one.send(new CreateQueueCommand({ QueueName: "apart" }));
    const { QueueUrl } = await one.send(new GetQueueUrlCommand({ QueueName: "apart" }));
    expect(QueueUrl).to.match(/apart$/);
    expect((await other.send(new ListQueuesCommand({}))).QueueUrls).to.deep.equal([]);
  });

  it("keeps regions apart", async () => {
    const account = (await embeddedCloud()).account();
    const tokyo = new SQSClient(account.clientConfig("ap-northeast-1"));
    const singapore = new SQSClient(account.clientConfig("ap-southeast-1"));
    await tokyo.send(new CreateQueueCommand({ QueueName: "here" }));
    expect((await singapore.send(new ListQueuesCommand({}))).QueueUrls).to.deep.equal([]);
  });

  it("has a PostgreSQL in UTF-8 that supports trigrams of Japanese text", async () => {
    const { databaseUrl } = await embeddedCloud();
    const client = new Client({ connectionString: databaseUrl });
    await client.connect();
    try {
      await client.query("create extension if not exists pg_trgm");
      const { rows } = await client.query<{ encoding: string; trigrams: string[] }>(
        "select current_setting('server_encoding') encoding, show_trgm('検索') trigrams",
      );
      expect(rows[0]?.encoding).to.equal("UTF8");
      expect(rows[0]?.trigrams).not.to.deep.equal([]);
    } finally {
      await client.end();
    }
  });
});
