import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "chai";
import { embeddedCloud, type TestAccount } from "../../../tests/support/cloud";

/** A queue whose messages stay hidden for long, and raw pollers whose sockets a test can destroy. */
class PolledQueue {
  private constructor(
    readonly sqs: SQSClient,
    readonly url: string,
    private readonly account: TestAccount,
  ) {}

  static async create(): Promise<PolledQueue> {
    const account = (await embeddedCloud()).account();
    const sqs = new SQSClient(account.clientConfig());
    const { QueueUrl = "" } = await sqs.send(
      new CreateQueueCommand({ QueueName: "polled", Attributes: { VisibilityTimeout: "900" } }),
    );
    return new PolledQueue(sqs, QueueUrl, account);
  }

  /** A receive whose connection is the test's to close. */
  receive(options: { waitSeconds: number; agent?: Agent }): ClientRequest {
    const { accessKeyId } = this.account;
    const call = request(this.account.clientConfig().endpoint, {
      method: "POST",
      ...(options.agent === undefined ? {} : { agent: options.agent }),
      headers: {
        "x-amz-target": "AmazonSQS.ReceiveMessage",
        "content-type": "application/x-amz-json-1.0",
        authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/ap-northeast-1/sqs/aws4_request, SignedHeaders=host, Signature=x`,
      },
    });
    // The test destroys the socket on purpose.
    call.on("error", () => undefined);
    call.end(JSON.stringify({ QueueUrl: this.url, WaitTimeSeconds: options.waitSeconds }));
    return call;
  }

  async send(body: string): Promise<void> {
    await this.sqs.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: body }));
  }

  async receiveAll(): Promise<string[]> {
    const receive = new ReceiveMessageCommand({ QueueUrl: this.url, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await this.sqs.send(receive);
    return Messages.flatMap(({ Body }) => Body ?? []);
  }

  async inFlight(): Promise<number> {
    const name = "ApproximateNumberOfMessagesNotVisible";
    const { Attributes } = await this.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: this.url, AttributeNames: [name] }),
    );
    return Number(Attributes?.[name]);
  }
}

/** Longer than the cloud takes from one look at the queue to the next, 100 ms. */
const aFewLooks = () => delay(300);

async function underWay(call: ClientRequest): Promise<void> {
  await once(call, "finish");
  await aFewLooks();
}

const answerOf = async (call: ClientRequest) => {
  const [response] = (await once(call, "response")) as [IncomingMessage];
  return (await json(response)) as { Messages?: { Body: string }[] };
};

describe("a long poll of the embedded cloud", () => {
  it("receives no message after its caller has disconnected", async () => {
    const queue = await PolledQueue.create();
    const poll = queue.receive({ waitSeconds: 20 });
    await underWay(poll);
    poll.destroy();
    await queue.send("for somebody who is there");
    await aFewLooks();
    expect(await queue.inFlight()).to.equal(0);
    expect(await queue.receiveAll()).to.deep.equal(["for somebody who is there"]);
  });

  it("receives none for many callers that are killed at the same time", async () => {
    const queue = await PolledQueue.create();
    const polls = Array.from({ length: 20 }, () => queue.receive({ waitSeconds: 20 }));
    await Promise.all(polls.map(underWay));
    polls.forEach((poll) => poll.destroy());
    const bodies = Array.from({ length: 10 }, (_, index) => `message ${index}`);
    await Promise.all(bodies.map((body) => queue.send(body)));
    await aFewLooks();
    expect((await queue.receiveAll()).sort()).to.deep.equal(bodies);
  });

  it("answers a caller who waits, as soon as there is a message", async () => {
    const queue = await PolledQueue.create();
    const poll = queue.receive({ waitSeconds: 20 });
    await underWay(poll);
    await queue.send("worth the wait");
    expect((await answerOf(poll)).Messages?.[0]?.Body).to.equal("worth the wait");
  });

  it("leaves a connection that is used again as it was", async () => {
    const queue = await PolledQueue.create();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const sockets = new Set<unknown>();
      for (const body of [undefined, "first", undefined, "second"]) {
        if (body !== undefined) await queue.send(body);
        const call = queue.receive({ waitSeconds: body === undefined ? 0 : 1, agent });
        call.once("socket", (socket) => sockets.add(socket));
        const { Messages } = await answerOf(call);
        expect(Messages?.[0]?.Body).to.equal(body);
      }
      expect(sockets.size).to.equal(1);
    } finally {
      agent.destroy();
    }
  });
});
