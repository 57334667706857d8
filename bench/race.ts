import { setTimeout as delay } from "node:timers/promises";
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Contestant } from "./contestant";
import { Meter } from "./meter";

export interface RaceResult {
  messagesPerSecond: number;
  callsPerThousand: number;
  deleteLatencyMs: number;
}

export interface Course {
  /** The endpoint of the contestant. The queue is filled without the delay. */
  endpoint: string;
  serverEndpoint: string;
  slots: number;
  /** Bodies of the messages, in order: how many milliseconds each takes. */
  jobsMs: number[];
}

let queues = 0;

/** Measures one contestant on a new queue, from its start to the delete of the last message. */
export async function race(contestant: Contestant, course: Course): Promise<RaceResult> {
  const config = {
    region: "ap-northeast-1",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    useQueueUrlAsEndpoint: false as const,
  };
  const filler = new SQSClient({ ...config, endpoint: course.serverEndpoint });
  const queueUrl = await createQueue(filler);
  const deadLetterQueueUrl = await createQueue(filler);
  await fill(filler, queueUrl, course.jobsMs);
  filler.destroy();

  const meter = new Meter();
  const count = course.jobsMs.length;
  const all = meter.until(count);
  const began = performance.now();
  const stop = contestant.start({
    clientConfig: { ...config, endpoint: course.endpoint },
    queueUrl,
    deadLetterQueueUrl,
    meter,
    slots: course.slots,
    work: async (body) => {
      if (body !== "0") {
        await delay(Number(body));
      }
    },
  });
  await all;
  const { calls } = meter;
  await stop();
  return {
    messagesPerSecond: (1000 * count) / (meter.timeOfDelete(count) - began),
    callsPerThousand: (1000 * calls) / count,
    deleteLatencyMs: median(meter.deleteLatenciesMs),
  };
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

async function createQueue(client: SQSClient): Promise<string> {
  queues += 1;
  const { QueueUrl = "" } = await client.send(
    new CreateQueueCommand({ QueueName: `bench-${queues}` }),
  );
  return QueueUrl;
}

async function fill(client: SQSClient, QueueUrl: string, jobsMs: number[]): Promise<void> {
  for (let from = 0; from < jobsMs.length; from += 10) {
    const Entries = jobsMs
      .slice(from, from + 10)
      .map((ms, index) => ({ Id: String(index), MessageBody: String(ms) }));
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
}
