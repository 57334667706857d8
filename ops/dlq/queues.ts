import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
  type SendMessageBatchRequestEntry,
} from "@aws-sdk/client-sqs";
import pLimit from "p-limit";
import { OpsError } from "../cli/fault";
import type { Access } from "../estate/access";
import type { Fault } from "./fault";
import { letterOf, requestedSystemAttributes, type Letter } from "./letter";
import { repeated, settle, type Settled } from "./repeat";

/** SQS takes up to ten entries in one call. */
export const mostEntries = 10;

/** Seconds that a poll waits for a message. Then SQS asks all its servers; without a wait, only some. */
const longPollSeconds = 1;

/** Retries are ours: entry by entry, and what may have been done twice is counted. */
export const queueClient = (access: Access): SQSClient =>
  new SQSClient({
    ...access,
    // The URL of a queue names its own host.
    useQueueUrlAsEndpoint: access.endpoint === undefined,
    // TLS has proved the body, and a machine in FIPS mode refuses MD5.
    md5: false,
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: 5000,
      requestTimeout: 15_000,
      throwOnRequestTimeout: true,
    },
  });

/** Numbers of messages. SQS says "approximate": they may be a minute old. */
export interface Depth {
  waiting: number;
  inFlight: number;
  delayed: number;
  /** When it was asked, by SQS's clock: this machine's may be wrong. */
  at: Date;
}

/** The calls that one queue gets. */
export class Queue {
  constructor(
    private readonly client: SQSClient,
    readonly url: string,
    private readonly pollSeconds = longPollSeconds,
  ) {}

  get isFifo(): boolean {
    return this.url.endsWith(".fifo");
  }

  async depth(): Promise<Depth> {
    const command = new GetQueueAttributesCommand({
      QueueUrl: this.url,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
      ],
    });
    let at = new Date();
    command.middlewareStack.add(
      (next) => async (args) => {
        const asked = Date.now();
        const result = await next(args);
        at = timeOf(asked, dateOf(result.response));
        return result;
      },
      { step: "deserialize" },
    );
    const { Attributes = {} } = await repeated(() => this.client.send(command)).catch(
      (error: Error) => {
        if (!(error instanceof QueueDoesNotExist)) throw error;
        throw new OpsError(
          `The queue ${this.url} does not exist, although its stack says so. See what is missing: pulumi preview --refresh`,
        );
      },
    );
    return {
      waiting: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
      at,
    };
  }

  /** Up to ten. None: the queue has none that is visible. */
  async receive(
    count: number,
    visibilityTimeoutSeconds: number,
    onFault?: (fault: Fault) => void,
  ): Promise<Letter[]> {
    const { Messages = [] } = await repeated(
      () =>
        this.client.send(
          new ReceiveMessageCommand({
            QueueUrl: this.url,
            MaxNumberOfMessages: Math.min(count, mostEntries),
            WaitTimeSeconds: this.pollSeconds,
            VisibilityTimeout: visibilityTimeoutSeconds,
            MessageSystemAttributeNames: [...requestedSystemAttributes],
            MessageAttributeNames: ["All"],
          }),
        ),
      onFault,
    );
    return Messages.map(letterOf);
  }

  send<Item>(
    items: readonly Item[],
    entryOf: (item: Item) => Omit<SendMessageBatchRequestEntry, "Id">,
  ): Promise<Settled<Item>[]> {
    return settle(items, async (some) => {
      const { Failed } = await this.client.send(
        new SendMessageBatchCommand({
          QueueUrl: this.url,
          Entries: some.map((item, index) => ({ Id: String(index), ...entryOf(item) })),
        }),
      );
      return Failed;
    });
  }

  delete(letters: readonly Letter[]): Promise<Settled<Letter>[]> {
    return inBatches(letters, async (some) => {
      const { Failed } = await this.client.send(
        new DeleteMessageBatchCommand({
          QueueUrl: this.url,
          Entries: some.map(({ receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
          })),
        }),
      );
      return Failed;
    });
  }

  /** 0 s: they are visible again at once. */
  hide(letters: readonly Letter[], seconds: number): Promise<Settled<Letter>[]> {
    return inBatches(letters, async (some) => {
      const { Failed } = await this.client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: this.url,
          Entries: some.map(({ receiptHandle }, index) => ({
            Id: String(index),
            ReceiptHandle: receiptHandle,
            VisibilityTimeout: seconds,
          })),
        }),
      );
      return Failed;
    });
  }
}

/** Any number of letters, some calls at once. */
async function inBatches(
  letters: readonly Letter[],
  call: Parameters<typeof settle<Letter>>[1],
): Promise<Settled<Letter>[]> {
  const few = pLimit(4);
  const batches = Array.from({ length: Math.ceil(letters.length / mostEntries) }, (_, index) =>
    letters.slice(index * mostEntries, (index + 1) * mostEntries),
  );
  const settled = await Promise.all(batches.map((batch) => few(() => settle(batch, call))));
  return settled.flat();
}

/** The service says its time in whole seconds. This machine's clock is exact if it agrees with that. If it does not, the end
 *  of that second: what is there already must count as there. */
export function timeOf(askedMs: number, secondOfService: Date | undefined): Date {
  if (secondOfService === undefined) return new Date(askedMs);
  const begin = secondOfService.getTime();
  const agrees = askedMs < begin + 1000 && Date.now() >= begin;
  return new Date(agrees ? askedMs : begin + 999);
}

function dateOf(response: unknown): Date | undefined {
  const { headers } = response as { headers?: Record<string, string | undefined> };
  const date = new Date(headers?.date ?? "");
  return Number.isNaN(date.getTime()) ? undefined : date;
}
