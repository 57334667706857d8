import { Queue, queueClient } from "../../../ops/dlq/queues";
import { redrive } from "../../../ops/dlq/redrive/redrive";
import { SentRecord } from "../../../ops/dlq/redrive/sent-record";
import type { Access } from "../../../ops/estate/access";

export interface RedriveTask {
  access: Access;
  from: string;
  to: string;
  recordFile: string;
  visibilityTimeoutSeconds: number;
}

/** A redrive in a process of its own, which can be killed. */
async function main(): Promise<void> {
  const task = JSON.parse(process.env.REDRIVE_TASK ?? "") as RedriveTask;
  const client = queueClient(task.access);
  const record = SentRecord.open(task.recordFile, `${task.from} ${task.to}`, (reason) => {
    throw new Error(reason);
  });
  const result = await redrive({
    from: new Queue(client, task.from),
    to: new Queue(client, task.to),
    record,
    visibilityTimeoutSeconds: task.visibilityTimeoutSeconds,
    progress: () => undefined,
    signal: new AbortController().signal,
  });
  process.stdout.write(JSON.stringify(result));
  client.destroy();
}

void main();
