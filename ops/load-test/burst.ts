import { randomBytes } from "node:crypto";
import type { MessageAttributeValue, SendMessageBatchRequestEntry } from "@aws-sdk/client-sqs";
import { checkAttribute } from "../../contracts/function-check";
import { loadTestAttribute, markText } from "../../contracts/load-test";

/** What a run sends. */
export interface Burst {
  /** Names the run in messages and logs. */
  run: string;
  messages: readonly BurstMessage[];
  groups: number;
  /** The messages are real ones, for which the worker does its work. */
  isRealWork: boolean;
}

export interface BurstMessage {
  /** In the run, from 0. */
  number: number;
  /** Size, for batch calls. */
  bytes: number;
  entry: Omit<SendMessageBatchRequestEntry, "Id">;
}

export interface BurstRequest {
  /** Test messages to send, if there are no bodies. */
  count: number;
  groups: number;
  /** Real messages. */
  bodies: readonly string[] | undefined;
  isFifo: boolean;
}

/** Room for the attributes of a message. Bytes. */
export const attributeBytes = 500;

/** The messages of a new run. Its groups are its own: it neither waits for groups of others nor delays them. */
export function newBurst({ count, groups, bodies, isFifo }: BurstRequest, now = new Date()): Burst {
  const minute = now.toISOString().slice(0, 16).replaceAll(/[-:]/g, "");
  const run = `load-test-${minute}-${randomBytes(3).toString("hex")}`;
  const texts = bodies ?? Array.from({ length: count }, () => "{}");
  const messages = texts.map((body, number): BurstMessage => {
    const mark = markText({ run, number });
    return {
      number,
      bytes: Buffer.byteLength(body) + attributeBytes,
      entry: {
        MessageBody: body,
        MessageAttributes: {
          [loadTestAttribute]: text(mark),
          ...(bodies === undefined ? { [checkAttribute]: text(mark) } : {}),
        },
        MessageGroupId: `${run}-${groupOf(number, groups)}`,
        ...(isFifo ? { MessageDeduplicationId: mark } : {}),
      },
    };
  });
  return {
    run,
    messages,
    groups: Math.min(groups, messages.length),
    isRealWork: bodies !== undefined,
  };
}

/** Groups take turns. */
export const groupOf = (number: number, groups: number): number => number % groups;

const text = (StringValue: string): MessageAttributeValue => ({ DataType: "String", StringValue });
