import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { requestedSystemAttributes } from "../job/message";
import type { QueueClients } from "./queue-clients";

/** SQS's longest wait for a message, in seconds. */
const longPollSeconds = 20;

/** One entry of a batch call that SQS refused although the call itself went through. */
export class EntryRefusedError extends Error {
  override readonly name = "EntryRefusedError";
  constructor(
    readonly code: string,
    /** The request is at fault, not the service: the same again cannot succeed. */
    readonly isOurFault: boolean,
    message: string,
  ) {
    super(message);
  }
}

/** The SQS calls the consumer makes, each with a time limit. */
export class QueueCalls {
  constructor(
    private readonly clients: QueueClients,
    private readonly queueUrl: string,
    private readonly visibilityTimeoutSeconds: number,
  ) {}

  async receive(maxMessages: number, signal: AbortSignal): Promise<Message[]> {
    const { Messages } = await this.clients.receive.send(
      new ReceiveMessageCommand({
        QueueUrl: this.queueUrl,
        MaxNumberOfMessages: maxMessages,
        WaitTimeSeconds: longPollSeconds,
        VisibilityTimeout: this.visibilityTimeoutSeconds,
        MessageSystemAttributeNames: [...requestedSystemAttributes],
        MessageAttributeNames: ["All"],
      }),
      { abortSignal: signal },
    );
    return Messages ?? [];
  }

  async delete(receipts: string[]): Promise<(Error | undefined)[]> {
    const { Failed } = await this.clients.settle.send(
      new DeleteMessageBatchCommand({
        QueueUrl: this.queueUrl,
        Entries: receipts.map((receipt, index) => ({ Id: String(index), ReceiptHandle: receipt })),
      }),
    );
    return byEntry(receipts.length, Failed);
  }

  async changeVisibility(
    entries: { receipt: string; seconds: number }[],
    purpose: "settle" | "heartbeat",
  ): Promise<(Error | undefined)[]> {
    const { Failed } = await this.clients[purpose].send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: this.queueUrl,
        Entries: entries.map(({ receipt, seconds }, index) => ({
          Id: String(index),
          ReceiptHandle: receipt,
          VisibilityTimeout: seconds,
        })),
      }),
    );
    return byEntry(entries.length, Failed);
  }

  async send(input: SendMessageCommandInput): Promise<void> {
    await this.clients.settle.send(new SendMessageCommand(input));
  }
}

function byEntry(
  count: number,
  failed: BatchResultErrorEntry[] | undefined,
): (Error | undefined)[] {
  const errors = new Array<Error | undefined>(count).fill(undefined);
  for (const { Id, Code = "Unknown", Message: text, SenderFault = false } of failed ?? []) {
    errors[Number(Id)] = new EntryRefusedError(Code, SenderFault, `${Code}: ${text ?? "refused"}`);
  }
  return errors;
}
