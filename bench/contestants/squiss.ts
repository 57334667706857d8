import { SQS } from "@aws-sdk/client-sqs";
import { type Message, Squiss } from "squiss-ts";
import type { Contestant } from "../contestant";

export const squiss: Contestant = {
  name: "squiss-ts",
  start({ clientConfig, queueUrl, meter, slots, work }) {
    const client = meter.attach(new SQS(clientConfig));
    const squiss = new Squiss({
      SQS: client,
      queueUrl,
      maxInFlight: slots,
      receiveBatchSize: 10,
      receiveWaitTimeSecs: 20,
      bodyFormat: "plain",
    });
    squiss.on("error", (error) => console.error(error));
    squiss.on("message", (message: Message) => {
      void work(String(message.body)).then(() => {
        meter.handled(message.raw.MessageId ?? "");
        return message.del();
      });
    });
    void squiss.start();
    return async () => {
      await squiss.stop(false, 1000);
      client.destroy();
    };
  },
};
