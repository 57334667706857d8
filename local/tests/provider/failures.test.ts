import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { connect } from "../../provider/clients";
import { messageOf } from "../../provider/failures";
import { Resource } from "./lifecycle";
import { region, startProvider, type ProviderUnderTest } from "./provider-under-test";

describe("provider: refusals by AWS", () => {
  let under: ProviderUnderTest;
  before(async () => (under = await startProvider()));
  after(() => under.close());

  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => "no failure",
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
  const sentence = (call: string, code: string) =>
    new RegExp(`^${call}: ${code}: [^\\n]+ \\(request [\\w-]+\\)$`);

  it("name the call, AWS's code and words, and the request, at a create", async () => {
    const type = "aws:sqs/queue:Queue";
    const queue = await new Resource(under, type, "taken").create({ name: "taken" });
    const again = new Resource(under, type, "again").create({ name: "taken", delaySeconds: 9 });
    expect(await failureOf(again)).to.match(
      sentence("SQS CreateQueue", "QueueAlreadyExists|QueueNameExists"),
    );
    await new Resource(under, type, "taken").delete(queue);
  });

  it("name them at an update and at a delete", async () => {
    const type = "aws:s3/bucket:Bucket";
    const bucket = new Resource(under, type, "full");
    const made = await bucket.create({ bucket: `full-${under.account.accountId}` });
    await under.clients.s3.putObject({ Bucket: made.id, Key: "a", Body: "a" });
    expect(await failureOf(bucket.delete(made))).to.match(
      sentence("S3 DeleteBucket", "BucketNotEmpty"),
    );
    const alias = new Resource(under, "aws:kms/alias:Alias", "alias");
    const { KeyMetadata } = await under.clients.kms.createKey({});
    const inputs = { name: "alias/refused", targetKeyId: KeyMetadata?.KeyId ?? "" };
    const recorded = await alias.create(inputs);
    const moved = alias.update(recorded, { ...inputs, targetKeyId: "no-such-key" });
    expect(await failureOf(moved)).to.match(sentence("KMS UpdateAlias", "NotFoundException"));
  });

  it("are retried after throttling, and reported if they are permanent", async () => {
    let left = 2;
    const server = createServer((request, response) => {
      request.resume();
      left -= 1;
      const isRefused = left >= 0;
      response.writeHead(isRefused ? 400 : 200, {
        "content-type": "application/x-amz-json-1.0",
        "x-amzn-requestid": "one-of-many",
      });
      response.end(isRefused ? '{"__type":"ThrottlingException","message":"Rate exceeded"}' : "{}");
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: "123456789012", secretAccessKey: "local" };
    const clients = connect({ endpoint, region, credentials });
    await clients.sqs.listQueues({});
    expect(left).to.equal(-1);
    left = 100;
    const failure = await clients.sqs.listQueues({}).catch(messageOf);
    expect(failure).to.equal(
      "SQS ListQueues: ThrottlingException: Rate exceeded (request one-of-many)",
    );
    clients.destroy();
    server.close();
  });
});
