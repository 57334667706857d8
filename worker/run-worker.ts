import type { WorkerEnvironment } from "../contracts/worker-environment";
import { workerLogMessages } from "../contracts/worker-log-messages";
import { reportSeconds } from "../contracts/worker-metrics";
import {
  Consumer,
  createQueueClients,
  endpointOptions,
  type QueueClients,
  systemClock,
  type Summary,
} from "./consumer";
import { EmbeddedMetrics } from "./metrics";
import type { WorkerOutput } from "./output";
import type { Log } from "./job/log";
import { loadTested } from "./load-tested";
import { openProcessor, type OpenProcessor } from "./open-processor";
import { reachQueuesAndBuckets } from "./reach-queues-and-buckets";
import { waitUntilAvailable } from "./wait-until-available";
import { queueName } from "./consumer/queue-name";

/** A query that the database does not answer keeps its connection; by then every message has its end. */
const longestCloseMs = 2000;

/** Processes the queue until SIGTERM or SIGINT. Returns the exit code of the process. */
export async function runWorker(
  environment: WorkerEnvironment,
  output: WorkerOutput,
): Promise<number> {
  const { log } = output;
  const hasFiles = environment.PROCESSOR === "file";
  const stopSignals = new StopSignals();
  const clients = createQueueClients({
    region: environment.AWS_REGION,
    ...endpointOptions(process.env),
  });
  const processor = await open(environment, clients, log, stopSignals.signal).catch(
    (error: unknown) => {
      if (!stopSignals.signal.aborted) throw error;
    },
  );
  if (processor === undefined) {
    logSummary(output, noMessages, hasFiles ? noFiles : undefined);
    return 0;
  }
  const metrics = new EmbeddedMetrics(
    environment.METRICS_NAMESPACE,
    queueName(environment.QUEUE_URL),
    systemClock,
    (line) => output.writeLine(line),
  );
  let isBroken = false;
  const breakOff = (error: unknown, text: string) => {
    log.error({ err: error }, text);
    isBroken = true;
    stopSignals.stop();
  };
  const consumer = new Consumer(
    {
      queueUrl: environment.QUEUE_URL,
      deadLetterQueueUrl: environment.DLQ_URL,
      concurrency: environment.WORKER_CONCURRENCY,
      visibilityTimeoutSeconds: environment.VISIBILITY_TIMEOUT_SECONDS,
      jobTimeoutSeconds: environment.JOB_TIMEOUT_SECONDS,
      maxReceiveCount: environment.MAX_RECEIVE_COUNT,
    },
    {
      clients,
      processor: loadTested(processor.process),
      ledger: processor.ledger,
      clock: systemClock,
      log,
      events: metrics,
      onStuck: () =>
        breakOff(
          undefined,
          "every slot is held by a job that ignores its abort: the worker restarts",
        ),
    },
  );

  process.on("uncaughtException", (error) =>
    breakOff(error, "uncaught exception: the work is released and the worker restarts"),
  );
  process.on("unhandledRejection", (reason) =>
    // A library forgot to handle it; the job it belongs to ends by itself or by its timeout.
    log.error({ err: reason }, "unhandled promise rejection"),
  );

  metrics.start(reportSeconds);
  // The machine's launch is completed by this line. The first message is received after it.
  log.info({ concurrency: environment.WORKER_CONCURRENCY }, workerLogMessages.started);
  consumer.start();

  const graceSeconds = environment.SHUTDOWN_GRACE_SECONDS;
  await stopSignals.first;
  log.info({ graceSeconds: isBroken ? 0 : graceSeconds }, "stopping");
  void stopSignals.second.then(() => {
    log.warn({}, "second stop signal: jobs that still run are aborted");
    return consumer.stopNow();
  });
  const summary = await consumer.stop(isBroken ? 0 : graceSeconds);
  metrics.stop();
  await Promise.race([processor.close(), systemClock.sleep(longestCloseMs)]);
  clients.destroy();
  logSummary(output, summary, hasFiles ? metrics.files : undefined);
  return summary.unsettled > 0 || isBroken ? 1 : 0;
}

/** Opens what the work needs, and says by its result that queues and buckets can be reached. */
async function open(
  environment: WorkerEnvironment,
  clients: QueueClients,
  log: Log,
  signal: AbortSignal,
): Promise<OpenProcessor> {
  const processor = await openProcessor(environment, log, signal);
  try {
    await waitUntilAvailable(
      () => reachQueuesAndBuckets(environment, clients.settle, processor.s3, signal),
      systemClock,
      log,
      signal,
    );
    return processor;
  } catch (error) {
    await processor.close();
    throw error;
  }
}

/** Stopped while it waited for what it needs. */
const noMessages: Summary = {
  done: 0,
  deadLettered: 0,
  released: 0,
  leaseLost: 0,
  undeleted: 0,
  unsettled: 0,
};

const noFiles = { skipped: 0, doubtful: 0 };

function logSummary(
  { log }: WorkerOutput,
  summary: Summary,
  files: EmbeddedMetrics["files"] | undefined,
): void {
  const { done, deadLettered, released, leaseLost, undeleted, unsettled } = summary;
  const rest = Object.entries({ leaseLost, undeleted, unsettled })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `, ${count} ${name}`);
  const ofFiles =
    files === undefined ? "" : `; files: ${files.skipped} skipped, ${files.doubtful} doubtful`;
  const text = `${done} done, ${deadLettered} dead-lettered, ${released} released${rest.join("")}${ofFiles}`;
  const fields = { ...summary, ...files };
  if (unsettled > 0) {
    log.error(fields, `${workerLogMessages.stopped} with unsettled messages: ${text}`);
  } else {
    log.info(fields, `${workerLogMessages.stopped}: ${text}`);
  }
}

/** SIGTERM and SIGINT, the first and the second time. */
class StopSignals {
  private tellFirst: () => void = () => undefined;
  private tellSecond: () => void = () => undefined;
  private readonly told = new AbortController();
  readonly signal = this.told.signal;
  readonly first = new Promise<void>((resolve) => (this.tellFirst = resolve));
  readonly second = new Promise<void>((resolve) => (this.tellSecond = resolve));

  constructor() {
    process.on("SIGTERM", () => this.stop());
    process.on("SIGINT", () => this.stop());
  }

  stop(): void {
    if (this.signal.aborted) {
      this.tellSecond();
    }
    this.told.abort();
    this.tellFirst();
  }
}
