import pino from "pino";
import { Consumer, createQueueClients, systemClock } from "../../worker/consumer";
import type { Contestant } from "../contestant";

export const queuefleet: Contestant = {
  name: "queuefleet",
  start({ clientConfig, queueUrl, deadLetterQueueUrl, meter, slots, work }) {
    const clients = createQueueClients(clientConfig);
    [clients.receive, clients.settle, clients.heartbeat].forEach((client) => meter.attach(client));
    const consumer = new Consumer(
      {
        queueUrl,
        deadLetterQueueUrl,
        concurrency: slots,
        visibilityTimeoutSeconds: 30,
        jobTimeoutSeconds: 60,
        maxReceiveCount: 3,
      },
      {
        clients,
        clock: systemClock,
        log: pino({ level: "warn" }, pino.destination(2)),
        processor: async (message) => {
          await work(message.body);
          meter.handled(message.id);
        },
        events: {
          worked: () => undefined,
          done: () => undefined,
          deadLettered: () => undefined,
          settled: () => undefined,
          deleteFailed: () => undefined,
          deadLetterFailed: () => undefined,
          attemptFailed: () => undefined,
        },
      },
    );
    consumer.start();
    return async () => {
      await consumer.stop(5);
      clients.destroy();
    };
  },
};
