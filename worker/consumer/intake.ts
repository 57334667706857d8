import type { Message } from "@aws-sdk/client-sqs";
import type { Log } from "../job/log";
import { backOffMs } from "./back-off";
import { maxBatch } from "./batcher";
import type { Clock } from "./clock";
import type { QueueCalls } from "./queue-calls";

/** How many messages could be taken in now, and from how many on it is worth asking. */
export interface Demand {
  messages: number;
  worthAsking: number;
}

/** More polls at once than this gain nothing: each brings ten messages. */
const maxPolls = 6;

/** Polls as long as there is demand. One poll waits while the queue is empty; every full answer adds
 *  one, so that a full queue is emptied by as many polls as keep the slots busy. */
export class Intake {
  private polls = 0;
  private allowedPolls = 1;
  /** Messages asked for by polls that are under way. */
  private reserved = 0;
  private failures = 0;
  private readonly stopping = new AbortController();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly clock: Clock,
    private readonly calls: QueueCalls,
    private readonly log: Log,
    private readonly demand: () => Demand,
    private readonly onMessages: (messages: Message[]) => void,
  ) {}

  /** Asks for more where there is room; to be called whenever room may have appeared. */
  pump(): void {
    while (!this.stopping.signal.aborted && this.polls < this.allowedPolls) {
      const { messages, worthAsking } = this.demand();
      const room = messages - this.reserved;
      if (room < Math.max(1, worthAsking)) {
        return;
      }
      const poll = this.poll(Math.min(maxBatch, room));
      this.running.add(poll);
      void poll.finally(() => {
        this.running.delete(poll);
        this.pump();
      });
    }
  }

  /** Ends the polls under way; messages they still bring are handed on before this resolves. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private async poll(count: number): Promise<void> {
    this.polls += 1;
    this.reserved += count;
    try {
      const messages = await this.calls.receive(count, this.stopping.signal);
      this.succeeded(messages.length, count);
      this.reserved -= count;
      count = 0;
      this.onMessages(messages);
    } catch (error) {
      if (!this.stopping.signal.aborted) {
        await this.failed(error);
      }
    } finally {
      this.polls -= 1;
      this.reserved -= count;
    }
  }

  private succeeded(received: number, asked: number): void {
    if (this.failures > 0) {
      this.log.info({ failures: this.failures }, "receiving from the queue works again");
      this.failures = 0;
    }
    if (received === 0) {
      this.allowedPolls = 1;
    } else if (received === asked) {
      this.allowedPolls = Math.min(maxPolls, this.allowedPolls + 1);
    }
  }

  private async failed(error: unknown): Promise<void> {
    this.failures += 1;
    this.allowedPolls = 1;
    if (this.failures === 1) {
      this.log.error(
        { err: error },
        "receiving from the queue fails; it is tried again, with growing pauses",
      );
    }
    await this.clock.sleep(backOffMs(this.failures, 500, 20_000), this.stopping.signal);
  }
}
