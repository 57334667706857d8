import {
  Consumer,
  type ConsumerOptions,
  type ConsumerParts,
  createQueueClients,
  systemClock,
} from "../../../worker/consumer";
import type { WorkMessage } from "../../../worker/message";
import type { JobContext, Log } from "../../../worker/processor";
import { embeddedCloud } from "../../support/cloud";
import { FaultProxy } from "../../support/fault-proxy";
import { QueuePair } from "../../support/queue-pair";

export interface LogLine {
  level: string;
  text: string;
  fields: Record<string, unknown>;
}

/** A consumer on a real queue, behind a proxy that can do harm, with everything it does written down. */
export class Harness {
  readonly log: LogLine[] = [];
  readonly runs: { id: string; body: string; attempt: number }[] = [];
  /** Most runs of one message at the same time. */
  mostAtOnce = 0;
  deleteFailures = 0;
  stuck = 0;
  private readonly atOnce = new Map<string, number>();
  private readonly consumers: Consumer[] = [];

  private constructor(
    readonly queues: QueuePair,
    readonly proxy: FaultProxy,
  ) {}

  static async create(options: { fifo?: boolean } = {}): Promise<Harness> {
    const queues = await QueuePair.create(options);
    return new Harness(queues, await FaultProxy.start((await embeddedCloud()).endpoint));
  }

  start(
    work: (message: WorkMessage, context: JobContext) => Promise<void> | void,
    options: Partial<ConsumerOptions> = {},
    parts: Partial<ConsumerParts> = {},
  ): Consumer {
    const clients = createQueueClients({
      ...this.queues.account.clientConfig(),
      endpoint: this.proxy.endpoint,
      useQueueUrlAsEndpoint: false,
    });
    const consumer = new Consumer(
      {
        queueUrl: this.queues.queueUrl,
        deadLetterQueueUrl: this.queues.deadLetterQueueUrl,
        concurrency: 4,
        visibilityTimeoutSeconds: 2,
        jobTimeoutSeconds: 30,
        maxReceiveCount: 3,
        ...options,
      },
      {
        clients,
        clock: systemClock,
        log: this.recorder(),
        processor: (message, context) => this.run(message, context, work),
        events: {
          worked: () => undefined,
          done: () => undefined,
          deadLettered: () => undefined,
          settled: () => undefined,
          deleteFailed: () => {
            this.deleteFailures += 1;
          },
        },
        onStuck: () => {
          this.stuck += 1;
        },
        ...parts,
      },
    );
    this.consumers.push(consumer);
    consumer.start();
    return consumer;
  }

  runsOf(body: string): number {
    return this.runs.filter((run) => run.body === body).length;
  }

  logged(text: RegExp): LogLine[] {
    return this.log.filter((line) => text.test(line.text));
  }

  async dispose(): Promise<void> {
    await Promise.all(this.consumers.map((consumer) => consumer.stopNow()));
    await this.proxy.stop();
  }

  private async run(
    message: WorkMessage,
    context: JobContext,
    work: (message: WorkMessage, context: JobContext) => Promise<void> | void,
  ): Promise<void> {
    const { id, body } = message;
    this.runs.push({ id, body, attempt: context.attempt });
    const now = (this.atOnce.get(id) ?? 0) + 1;
    this.atOnce.set(id, now);
    this.mostAtOnce = Math.max(this.mostAtOnce, now);
    try {
      await work(message, context);
    } finally {
      this.atOnce.set(id, (this.atOnce.get(id) ?? 1) - 1);
    }
  }

  private recorder(): Log {
    const at = (level: string) => (fields: object, text: string) => {
      this.log.push({ level, text, fields: { ...fields } });
    };
    const log: Log = {
      debug: at("debug"),
      info: at("info"),
      warn: at("warn"),
      error: at("error"),
      child: () => log,
    };
    return log;
  }
}
