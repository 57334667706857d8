import { SQSClient } from "@aws-sdk/client-sqs";
import { messagesIn } from "../messages-in";
import type { WatchmeRun } from "./run";

/** Messages of a worker's queue: waiting, in flight, or delayed. */
export const messagesOf = (run: WatchmeRun, key: string): Promise<number> =>
  count(run, run.get("system").queues[key]?.url);

export const deadLettersOf = (run: WatchmeRun, key: string): Promise<number> =>
  count(run, run.get("system").queues[key]?.deadLetter.url);

async function count(run: WatchmeRun, queueUrl = ""): Promise<number> {
  const sqs = new SQSClient(run.client());
  const messages = await messagesIn(sqs, queueUrl);
  sqs.destroy();
  return messages;
}
