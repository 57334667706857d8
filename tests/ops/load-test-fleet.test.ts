import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { expect } from "chai";
import { Queue, queueClient } from "../../ops/dlq/queues";
import { newBurst } from "../../ops/load-test/burst";
import { runLoadTest } from "../../ops/load-test/load-test";
import { RunLog } from "../../ops/load-test/run-log";
import { QueuePair } from "../support/queue-pair";
import { WorkerBundle, WorkerProcess, workerVariables } from "../worker/worker-process";

const logGroupName = "/shop/machines";
const logStreamName = "i-1";

/** Bodies "bad" fail for good. */
const program = `process.stdin.on("data", (body) => process.exit(String(body).includes("bad") ? 65 : 0));`;

describe("a load test of a fleet's queue", () => {
  let queues: QueuePair;
  let bundle: WorkerBundle;
  let worker: WorkerProcess;
  let logs: CloudWatchLogsClient;
  let shipping: NodeJS.Timeout;
  before(async () => {
    queues = await QueuePair.create();
    bundle = await WorkerBundle.build();
    worker = new WorkerProcess(
      bundle.command,
      workerVariables(queues, {
        PROCESSOR_COMMAND: JSON.stringify([process.execPath, "-e", program]),
      }),
    );
    logs = new CloudWatchLogsClient(queues.account.clientConfig());
    await logs.send(new CreateLogGroupCommand({ logGroupName }));
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
    // As the agent of a machine does.
    shipping = setInterval(() => void ship(), 200);
  });
  after(async () => {
    clearInterval(shipping);
    await worker.end();
    bundle.remove();
    logs.destroy();
    queues.client.destroy();
  });

  async function ship(): Promise<void> {
    const lines = worker.lines.splice(0);
    if (lines.length === 0) return;
    const logEvents = lines.map((line) => ({
      timestamp: Date.now(),
      message: JSON.stringify(line),
    }));
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
  }
  async function run(bodies: string[] | undefined) {
    const burst = newBurst({ count: 30, groups: 2, bodies, isFifo: false });
    const client = queueClient(queues.account.clientConfig());
    return runLoadTest(burst, {
      queue: new Queue(client, queues.queueUrl),
      deadLetterQueue: new Queue(client, queues.deadLetterQueueUrl),
      log: new RunLog(logs, [logGroupName], burst.run, Date.now() - 60_000),
      ...{ perSecond: undefined, waitMs: 60_000, signal: new AbortController().signal },
      progress: () => undefined,
    });
  }

  it("is measured by the machines' log, and test messages do no work", async () => {
    const result = await run(undefined);
    expect(result).to.deep.include({
      ...{ measuredBy: "logs", done: 30, failedAttempts: 0, unfinished: 0, ok: true },
    });
    expect(result.latencySeconds?.max).to.be.greaterThan(0);
  });

  it("counts what the worker dead-letters", async () => {
    const result = await run(["1", '"bad"', "2"]);
    expect(result).to.deep.include({
      ...{ measuredBy: "logs", done: 2, failedAttempts: 1, unfinished: 0, ok: false },
      deadLettered: { count: 1, seen: 1, mayBeMore: false },
    });
  });
});
