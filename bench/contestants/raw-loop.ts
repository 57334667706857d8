import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Contestant, Race } from "../contestant";

const pollers = 4;

/** The upper limit: the SDK alone, without any error handling. */
export const rawLoop: Contestant = {
  name: "raw SDK loop, 4 pollers",
  start(race) {
    const client = race.meter.attach(new SQSClient(race.clientConfig));
    const stopping = new AbortController();
    const loops = Array.from({ length: pollers }, () => poll(client, race, stopping.signal));
    return async () => {
      stopping.abort();
      await Promise.all(loops);
      client.destroy();
    };
  },
};

async function poll(client: SQSClient, race: Race, signal: AbortSignal): Promise<void> {
  const { queueUrl: QueueUrl, meter, work } = race;
  while (!signal.aborted) {
    let messages: Message[];
    try {
      const receive = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 };
      const answer = await client.send(new ReceiveMessageCommand(receive), {
        abortSignal: signal,
      });
      messages = answer.Messages ?? [];
    } catch (error) {
      if (signal.aborted) return;
      throw error;
    }
    if (messages.length === 0) continue;
    await Promise.all(
      messages.map(async ({ Body = "", MessageId = "" }) => {
        await work(Body);
        meter.handled(MessageId);
      }),
    );
    const Entries = messages.map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
    }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
