import type {
  DeleteMessageBatchCommandOutput,
  DeleteMessageBatchCommandInput,
  DeleteMessageCommandInput,
  ReceiveMessageCommandOutput,
  SQSClient,
} from "@aws-sdk/client-sqs";

/** Measures the SDK clients of a contestant, in the same way for all contestants: which calls it makes and when
 *  the queue has acknowledged the delete of each message. */
export class Meter {
  deleted = 0;
  calls = 0;
  private readonly idByReceipt = new Map<string, string>();
  private readonly handledAt = new Map<string, number>();
  private readonly deletedAt: number[] = [];
  readonly deleteLatenciesMs: number[] = [];
  private waiters: { count: number; resolve: () => void }[] = [];

  attach<Client extends SQSClient>(client: Client): Client {
    client.middlewareStack.add(
      (next, context) => async (args) => {
        this.calls += 1;
        const result = await next(args);
        this.saw(context.commandName, args.input, result.output);
        return result;
      },
      { step: "initialize", name: "benchMeter" },
    );
    return client;
  }

  handled(messageId: string): void {
    this.handledAt.set(messageId, performance.now());
  }

  until(count: number): Promise<void> {
    return new Promise((resolve) => this.waiters.push({ count, resolve }));
  }

  /** When the n-th delete was acknowledged, on performance.now(). */
  timeOfDelete(n: number): number {
    return this.deletedAt[n - 1] ?? Number.NaN;
  }

  private saw(command: string | undefined, input: object, output: object): void {
    if (command === "ReceiveMessageCommand") {
      for (const message of (output as ReceiveMessageCommandOutput).Messages ?? []) {
        this.idByReceipt.set(message.ReceiptHandle ?? "", message.MessageId ?? "");
      }
    } else if (command === "DeleteMessageCommand") {
      this.sawDelete((input as DeleteMessageCommandInput).ReceiptHandle);
    } else if (command === "DeleteMessageBatchCommand") {
      const { Entries = [] } = input as DeleteMessageBatchCommandInput;
      const receipts = new Map(Entries.map((entry) => [entry.Id, entry.ReceiptHandle]));
      for (const { Id } of (output as DeleteMessageBatchCommandOutput).Successful ?? []) {
        this.sawDelete(receipts.get(Id));
      }
    }
  }

  private sawDelete(receipt = ""): void {
    const now = performance.now();
    this.deleted += 1;
    this.deletedAt.push(now);
    const handledAt = this.handledAt.get(this.idByReceipt.get(receipt) ?? "");
    if (handledAt !== undefined) {
      this.deleteLatenciesMs.push(now - handledAt);
    }
    const due = this.waiters.filter(({ count }) => this.deleted >= count);
    this.waiters = this.waiters.filter(({ count }) => this.deleted < count);
    due.forEach(({ resolve }) => resolve());
  }
}
