import { type Message, SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";
import type { Contestant, Race } from "../contestant";

export const sqsConsumerPerMessage: Contestant = {
  name: "sqs-consumer, per message",
  waitsForEachBatch: true,
  start: (race) =>
    run(race, {
      handleMessage: async (message) => {
        await handle(race, message);
        return message;
      },
    }),
};

export const sqsConsumerBatch: Contestant = {
  name: "sqs-consumer, batch",
  waitsForEachBatch: true,
  start: (race) => run(race, inBatches(race)),
};

/** As many instances as the raw loop has pollers. */
const instances = 4;

export const sqsConsumerInstances: Contestant = {
  name: `sqs-consumer, batch, ${instances} instances`,
  waitsForEachBatch: true,
  start(race) {
    const stops = Array.from({ length: instances }, () => run(race, inBatches(race)));
    return async () => void (await Promise.all(stops.map((stop) => stop())));
  },
};

const inBatches = (race: Race): Handlers => ({
  handleMessageBatch: async (messages) => {
    await Promise.all(messages.map((message) => handle(race, message)));
    return messages;
  },
});

type Handlers = Pick<Parameters<typeof Consumer.create>[0], "handleMessage" | "handleMessageBatch">;

function run(race: Race, handlers: Handlers): () => Promise<void> {
  const client = race.meter.attach(new SQSClient(race.clientConfig));
  const consumer = Consumer.create({
    queueUrl: race.queueUrl,
    sqs: client,
    batchSize: 10,
    waitTimeSeconds: 20,
    ...handlers,
  });
  consumer.on("error", reportUnlessAborted);
  consumer.on("processing_error", reportUnlessAborted);
  consumer.start();
  return async () => {
    const stopped = new Promise<void>((resolve) => consumer.once("stopped", () => resolve()));
    consumer.stop({ abort: true });
    await stopped;
    client.destroy();
  };
}

async function handle({ work, meter }: Race, message: Message): Promise<void> {
  await work(message.Body ?? "");
  meter.handled(message.MessageId ?? "");
}

function reportUnlessAborted(error: Error): void {
  if (!/abort/i.test(`${error.name} ${error.message}`)) {
    console.error(error);
  }
}
