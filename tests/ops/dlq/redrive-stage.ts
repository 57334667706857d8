import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from "@aws-sdk/client-sqs";
import { Queue, queueClient } from "../../../ops/dlq/queues";
import { redrive, type RedriveParts } from "../../../ops/dlq/redrive/redrive";
import { SentRecord } from "../../../ops/dlq/redrive/sent-record";
import { FaultProxy } from "../../support/fault-proxy";
import { QueuePair } from "../../support/queue-pair";

export interface Dead {
  body: string;
  group?: string;
  attributes?: Record<string, MessageAttributeValue>;
}

/** A dead-letter queue to be redriven, through a proxy that can break calls. */
export class RedriveStage {
  readonly folder = mkdtempSync(join(tmpdir(), "queuefleet-redrive-"));
  readonly said: string[] = [];
  private readonly client;

  private constructor(
    readonly queues: QueuePair,
    readonly proxy: FaultProxy,
  ) {
    this.client = queueClient({ ...queues.account.clientConfig(), endpoint: proxy.endpoint });
  }

  static async create(options: { fifo?: boolean } = {}): Promise<RedriveStage> {
    const queues = await QueuePair.create(options);
    return new RedriveStage(queues, await FaultProxy.start(queues.account.clientConfig().endpoint));
  }

  async close(): Promise<void> {
    this.client.destroy();
    this.queues.client.destroy();
    await this.proxy.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get recordFile(): string {
    return join(this.folder, "redrive.sqlite");
  }

  openRecord(file = this.recordFile): SentRecord {
    const { deadLetterQueueUrl, queueUrl } = this.queues;
    return SentRecord.open(file, `${deadLetterQueueUrl} ${queueUrl}`, (reason) =>
      this.said.push(reason),
    );
  }

  async redrive(more: Partial<RedriveParts> & { recordFile?: string } = {}) {
    const record = this.openRecord(more.recordFile);
    try {
      return await redrive({
        // The embedded cloud knows without a wait what it has.
        from: new Queue(this.client, this.queues.deadLetterQueueUrl, 0),
        to: new Queue(this.client, this.queues.queueUrl),
        record,
        progress: (line) => this.said.push(line),
        signal: new AbortController().signal,
        ...more,
      });
    } finally {
      record.close();
    }
  }

  /** Sends them to the dead-letter queue, in this order, ten at a time. Resolves to their ids. */
  async dead(letters: readonly Dead[]): Promise<string[]> {
    const ids: string[] = [];
    for (let from = 0; from < letters.length; from += 10) {
      const Entries = letters
        .slice(from, from + 10)
        .map(({ body, group, attributes }, index): SendMessageBatchRequestEntry => ({
          Id: String(index),
          MessageBody: body,
          MessageAttributes: attributes,
          ...(group !== undefined && { MessageGroupId: group }),
          ...(this.isFifo && { MessageDeduplicationId: `${from + index}-${Math.random()}` }),
        }));
      const { Successful = [] } = await this.queues.client.send(
        new SendMessageBatchCommand({ QueueUrl: this.queues.deadLetterQueueUrl, Entries }),
      );
      ids.push(...Successful.map(({ MessageId = "" }) => MessageId));
    }
    return ids;
  }

  /** Takes everything out of a queue, in its order. */
  async take(QueueUrl = this.queues.queueUrl): Promise<Message[]> {
    const taken: Message[] = [];
    for (;;) {
      const { Messages = [] } = await this.queues.client.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["All"],
        }),
      );
      if (Messages.length === 0) return taken;
      taken.push(...Messages);
      await this.queues.client.send(
        new DeleteMessageBatchCommand({
          QueueUrl,
          Entries: Messages.map(({ ReceiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle,
          })),
        }),
      );
    }
  }

  /** Receives one dead letter, and keeps it for so long. */
  async hold(VisibilityTimeout: number): Promise<string> {
    const { Messages } = await this.queues.client.send(
      new ReceiveMessageCommand({
        QueueUrl: this.queues.deadLetterQueueUrl,
        VisibilityTimeout,
      }),
    );
    return Messages?.[0]?.MessageId ?? "";
  }

  /** Receives from the queue as a worker does that then fails. */
  async receiveOnly(): Promise<string | undefined> {
    const { Messages } = await this.queues.client.send(
      new ReceiveMessageCommand({ QueueUrl: this.queues.queueUrl }),
    );
    return Messages?.[0]?.Body;
  }

  left(): Promise<number> {
    return this.queues.count(this.queues.deadLetterQueueUrl);
  }

  private get isFifo(): boolean {
    return this.queues.queueUrl.endsWith(".fifo");
  }
}

export const bodiesOf = (messages: readonly Message[]): string[] =>
  messages.map(({ Body = "" }) => Body);
