import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import type { WorkerVariables } from "../../contracts/worker-environment";
import { FaultProxy, serverError } from "../support/fault-proxy";
import { eventually } from "../support/eventually";
import { QueuePair } from "../support/queue-pair";
import { type WorkerBundle, WorkerProcess, workerVariables } from "./worker-process";

const actions = [
  ...["ReceiveMessage", "DeleteMessageBatch", "ChangeMessageVisibilityBatch"],
  ...["SendMessage", "ChangeMessageVisibility", "DeleteMessage"],
];

/** Ends in a file, outside of the worker: one line for each time that the work was finished. One message of ten is bad. */
const program = `
read -r number seconds kind
sleep "$seconds"
if [ "$kind" = bad ]; then exit 65; fi
echo "$number" >>"$1"
`;

export interface KillResult {
  finished: number;
  doneAgain: number;
  deadLettered: number;
  deadLetteredTwice: number;
  doneAndDeadLettered: number;
  lost: number;
  seconds: number;
}

/** Two workers on one machine, which are killed again and again, with a queue whose calls fail. */
export class KillStage {
  private readonly folder = mkdtempSync(join(tmpdir(), "queuefleet-kills-"));
  private readonly workers: WorkerProcess[] = [];

  private constructor(
    private readonly bundle: WorkerBundle,
    private readonly queues: QueuePair,
    private readonly proxy: FaultProxy,
    private readonly more: Partial<WorkerVariables>,
  ) {}

  static async create(
    bundle: WorkerBundle,
    more: Partial<WorkerVariables> = {},
  ): Promise<KillStage> {
    const queues = await QueuePair.create();
    const proxy = await FaultProxy.start(queues.account.clientConfig().endpoint);
    const stage = new KillStage(bundle, queues, proxy, more);
    // Only once: a shell that starts while its script is written reads an empty one, and succeeds.
    writeFileSync(join(stage.folder, "program"), program);
    return stage;
  }

  async run({ messages = 200, kills = 6, failing = 0.1 } = {}): Promise<KillResult> {
    const began = performance.now();
    await this.send(messages);
    for (const action of actions) {
      this.proxy.inject(action, Infinity, (call, forward) =>
        Math.random() < failing ? serverError(call, forward) : forward(),
      );
    }
    this.start();
    this.start();
    for (let kill = 1; kill <= kills; kill += 1) {
      const wanted = Math.floor((messages * 0.85 * kill) / (kills + 1));
      await eventually(`${wanted} are finished`, () => this.finished().length >= wanted);
      // At any moment, not just when a program has ended.
      await delay(Math.random() * 200);
      await this.workers.shift()?.end();
      this.start();
    }
    await eventually("the queue is empty", async () => (await this.queues.count()) === 0, 280_000);
    const seconds = (performance.now() - began) / 1000;
    return { ...(await this.result(messages)), seconds };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end()));
    await this.proxy.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async result(messages: number): Promise<Omit<KillResult, "seconds">> {
    const finished = this.finished();
    const done = new Set(finished);
    const dead = await this.deadLetters();
    const all = new Set([...done, ...dead]);
    return {
      finished: done.size,
      doneAgain: finished.length - done.size,
      deadLettered: new Set(dead).size,
      deadLetteredTwice: dead.length - new Set(dead).size,
      doneAndDeadLettered: [...done].filter((number) => dead.includes(number)).length,
      lost: messages - all.size,
    };
  }

  private start(): void {
    this.workers.push(
      new WorkerProcess(this.bundle.command, {
        ...workerVariables(this.queues, {
          WORKER_CONCURRENCY: "8",
          VISIBILITY_TIMEOUT_SECONDS: "4",
          JOB_TIMEOUT_SECONDS: "60",
          MAX_RECEIVE_COUNT: "10",
          PROCESSOR_COMMAND: JSON.stringify([
            "sh",
            join(this.folder, "program"),
            join(this.folder, "finished"),
          ]),
          ...this.more,
        }),
        AWS_ENDPOINT_URL_SQS: this.proxy.endpoint,
        STATE_DIRECTORY: join(this.folder, "state"),
      }),
    );
  }

  private finished(): string[] {
    try {
      return readFileSync(join(this.folder, "finished"), "utf8").split("\n").filter(Boolean);
    } catch {
      return [];
    }
  }

  private async send(messages: number): Promise<void> {
    const numbers = Array.from({ length: messages }, (_, number) => number);
    while (numbers.length > 0) {
      await this.queues.client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.queues.queueUrl,
          Entries: numbers.splice(0, 10).map((number) => ({
            Id: String(number),
            MessageBody: `${number} 0.${1 + (number % 5)} ${number % 10 === 0 ? "bad" : "good"}\n`,
          })),
        }),
      );
    }
  }

  /** The numbers of the messages in the dead-letter queue. */
  private async deadLetters(): Promise<string[]> {
    const messages = await this.queues.deadLetters(
      await this.queues.count(this.queues.deadLetterQueueUrl),
    );
    return messages.map(({ Body = "" }) => Body.split(" ")[0] ?? "");
  }
}
