import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import type { Message } from "@aws-sdk/client-sqs";
import {
  Consumer,
  type ConsumerOptions,
  type ConsumerParts,
  createQueueClients,
  type QueueClients,
  systemClock,
} from "../../../worker/consumer";
import type { WorkMessage } from "../../../worker/job/message";
import type { JobContext } from "../../../worker/job/processor";
import { embeddedCloud } from "../../support/cloud";
import { FaultProxy } from "../../support/fault-proxy";
import { QueuePair } from "../../support/queue-pair";
import { HeldClock } from "./held-clock";
import { type LogLine, recordingLog } from "./recording-log";

/** Consumers on a real queue, behind a proxy that makes calls fail, with a record of what they do. Their
 *  clock is the system's, or a held one that `pass` and `passUntil` advance: then no test depends on
 *  how fast the machine is. */
export class Harness {
  readonly log: LogLine[] = [];
  readonly runs: { id: string; body: string; attempt: number }[] = [];
  /** Most runs of one message at the same time. */
  mostAtOnce = 0;
  deleteFailures = 0;
  deadLetterFailures = 0;
  stuck = 0;
  readonly clock = new HeldClock();
  /** Calls without an answer; of receives, which wait for messages, there is always one. */
  private pending = 0;
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
    const clients = this.clients();
    const consumer = new Consumer(
      {
        queueUrl: this.queues.queueUrl,
        deadLetterQueueUrl: this.queues.deadLetterQueueUrl,
        concurrency: 4,
        // No lease runs out because the machine is busy, and a failed attempt is repeated at once: the
        // delay is a ninetieth of the lease, in whole seconds.
        visibilityTimeoutSeconds: 10,
        jobTimeoutSeconds: 100,
        maxReceiveCount: 3,
        ...options,
      },
      {
        clients,
        clock: systemClock,
        log: recordingLog(this.log),
        processor: (message, context) => this.run(message, context, work),
        events: {
          worked: () => undefined,
          done: () => undefined,
          deadLettered: () => undefined,
          settled: () => undefined,
          deleteFailed: () => {
            this.deleteFailures += 1;
          },
          attemptFailed: () => undefined,
          deadLetterFailed: () => {
            this.deadLetterFailures += 1;
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

  /** The same with the held clock. */
  startHeld(
    work: (message: WorkMessage, context: JobContext) => Promise<void> | void,
    options: Partial<ConsumerOptions> = {},
  ): Consumer {
    return this.start(work, options, { clock: this.clock });
  }

  /** Lets time pass on the held clock, in steps, each after all calls of the one before are answered. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    await this.answered();
    while (this.clock.now() < until) {
      this.clock.advance(Math.min(100, until - this.clock.now()));
      await this.answered();
    }
  }

  /** Lets time pass until the condition holds. */
  async passUntil(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
    await this.answered();
    const began = performance.now();
    while (!(await condition())) {
      if (performance.now() - began > 100_000) throw new Error(`not within 100 s: ${what}`);
      await this.pass(100);
    }
  }

  /** Lets time pass until there is a result; how long that took is in `ms`. */
  async passFor<Result>(result: Promise<Result>): Promise<{ result: Result; ms: number }> {
    const began = this.clock.now();
    let isThere = false;
    void result.finally(() => (isThere = true));
    await this.passUntil("there is a result", () => isThere);
    return { result: await result, ms: this.clock.now() - began };
  }

  /** All messages that consumers were given, in order. */
  received(): Message[] {
    return this.proxy
      .callsOf("ReceiveMessage")
      .flatMap(({ answer }) => (typeof answer === "object" ? (answer.body.Messages ?? []) : []))
      .map((message) => message as Message);
  }

  runsOf(body: string): number {
    return this.runs.filter((run) => run.body === body).length;
  }

  logged(text: RegExp): LogLine[] {
    return this.log.filter((line) => text.test(line.text));
  }

  async dispose(): Promise<void> {
    await this.passFor(Promise.all(this.consumers.map((consumer) => consumer.stopNow())));
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

  private clients(): QueueClients {
    const clients = createQueueClients({
      ...this.queues.account.clientConfig(),
      endpoint: this.proxy.endpoint,
      useQueueUrlAsEndpoint: false,
    });
    for (const client of [clients.settle, clients.heartbeat]) {
      client.middlewareStack.add(
        (next) => async (args) => {
          this.pending += 1;
          return next(args).finally(() => (this.pending -= 1));
        },
        { step: "initialize", name: "pendingCalls" },
      );
    }
    return clients;
  }

  private async answered(): Promise<void> {
    const hanging = () => this.proxy.calls.filter(({ answer }) => answer === "hang").length;
    do {
      await delay(1);
      for (let turns = 0; turns < 5; turns += 1) await turn();
    } while (this.pending > hanging());
  }
}
