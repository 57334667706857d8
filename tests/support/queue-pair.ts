import { randomUUID } from "node:crypto";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { embeddedCloud, type TestAccount } from "./cloud";
import { eventually } from "./eventually";

/** A queue and its dead-letter queue in an account of their own. */
export class QueuePair {
  private constructor(
    readonly account: TestAccount,
    readonly client: SQSClient,
    readonly queueUrl: string,
    readonly deadLetterQueueUrl: string,
  ) {}

  static async create({ fifo = false } = {}): Promise<QueuePair> {
    const account = (await embeddedCloud()).account();
    const client = new SQSClient({ ...account.clientConfig(), useQueueUrlAsEndpoint: false });
    const create = async (name: string) => {
      const { QueueUrl = "" } = await client.send(
        new CreateQueueCommand({
          QueueName: fifo ? `${name}.fifo` : name,
          Attributes: fifo ? { FifoQueue: "true" } : {},
        }),
      );
      return QueueUrl;
    };
    return new QueuePair(account, client, await create("jobs"), await create("jobs-dlq"));
  }

  async send(
    body: string,
    options: { attributes?: Record<string, MessageAttributeValue>; group?: string } = {},
  ): Promise<string> {
    const { MessageId = "" } = await this.client.send(
      new SendMessageCommand({
        QueueUrl: this.queueUrl,
        MessageBody: body,
        MessageAttributes: options.attributes,
        ...(options.group !== undefined && {
          MessageGroupId: options.group,
          MessageDeduplicationId: randomUUID(),
        }),
      }),
    );
    return MessageId;
  }

  /** Waiting and in flight together. */
  async count(queueUrl = this.queueUrl): Promise<number> {
    const { Attributes = {} } = await this.client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["All"] }),
    );
    return (
      Number(Attributes.ApproximateNumberOfMessages) +
      Number(Attributes.ApproximateNumberOfMessagesNotVisible)
    );
  }

  /** Messages that a consumer would receive now. */
  async waiting(): Promise<number> {
    const { Attributes = {} } = await this.client.send(
      new GetQueueAttributesCommand({ QueueUrl: this.queueUrl, AttributeNames: ["All"] }),
    );
    return Number(Attributes.ApproximateNumberOfMessages);
  }

  async isEmpty(): Promise<boolean> {
    return (await this.count()) === 0;
  }

  /** Receives a message, so that the next receipt of it is its second, and makes it visible again. */
  async takeAndGiveBack(): Promise<void> {
    const { Messages } = await this.client.send(
      new ReceiveMessageCommand({ QueueUrl: this.queueUrl }),
    );
    await this.endLease(Messages?.[0]?.ReceiptHandle);
  }

  /** The message is visible again, as when its lease has run out. */
  async endLease(ReceiptHandle: string | undefined): Promise<void> {
    const QueueUrl = this.queueUrl;
    await this.client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }),
    );
  }

  /** Waits until so many have come, and takes them. */
  async deadLetters(count: number): Promise<Message[]> {
    const found: Message[] = [];
    await eventually(`${count} dead-lettered messages have come`, async () => {
      const { Messages = [] } = await this.client.send(
        new ReceiveMessageCommand({
          QueueUrl: this.deadLetterQueueUrl,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ["All"],
          MessageSystemAttributeNames: ["All"],
          WaitTimeSeconds: 1,
          // None comes a second time while the others are waited for.
          VisibilityTimeout: 600,
        }),
      );
      found.push(...Messages);
      return found.length >= count;
    });
    return found;
  }
}
