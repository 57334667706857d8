import type { Message } from "@aws-sdk/client-sqs";
import type { Log } from "../job/log";
import { backOffMs } from "./back-off";
import { maxBatch } from "./batcher";
import type { Clock } from "./clock";
import { Pauses } from "./pauses";
import type { QueueCalls } from "./queue-calls";

/** How many messages could be taken in now, and from how many on it is worth asking. */
export interface Demand {
  messages: number;
  worthAsking: number;
}

/** More polls at once than this gain nothing: each brings ten messages. */
const maxPolls = 6;

/** Within this time the queue answers a poll if it has messages. */
const shortestPatienceMs = 1000;

interface Poll {
  sentAt: number;
  abort: AbortController;
}

/** Polls as long as there is demand. One poll waits while the queue is empty; every full answer adds
 *  one, so that a full queue is emptied by as many polls as keep the slots busy. */
export class Intake {
  private polls = 0;
  private allowedPolls = 1;
  /** Messages asked for by polls that are under way. */
  private reserved = 0;
  private failures = 0;
  private readonly stopping = new AbortController();
  private onIdle: () => void = () => undefined;
  private readonly running = new Set<Poll>();
  private readonly pauses: Pauses;
  /** How long the last answer with as many messages as asked for took. */
  private fullAnswerMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly calls: QueueCalls,
    private readonly log: Log,
    private readonly demand: () => Demand,
    /** `receivedAt`: the earliest moment at which the queue may have delivered them. */
    private readonly onMessages: (messages: Message[], receivedAt: number) => void,
  ) {
    this.pauses = new Pauses(clock);
    this.pauses.start();
  }

  /** Asks for more where there is room; to be called whenever room may have appeared. */
  pump(): void {
    while (!this.stopping.signal.aborted && this.polls < this.allowedPolls) {
      const { messages, worthAsking } = this.demand();
      const room = messages - this.reserved;
      if (room < Math.max(1, worthAsking)) {
        return;
      }
      const poll = { sentAt: this.clock.now(), abort: new AbortController() };
      this.running.add(poll);
      void this.poll(poll, Math.min(maxBatch, room)).finally(() => {
        this.running.delete(poll);
        if (this.running.size === 0) this.onIdle();
        this.pump();
      });
    }
  }

  /** Begins no more polls. A poll that was just sent is waited for, because the queue hides what it answers with,
   *  whether the answer is read or not. One that has waited for longer found the queue empty, and is ended; so are
   *  all at `until` or at the signal. What the polls bring is handed on before this resolves. */
  async stop(until: number, signal: AbortSignal): Promise<void> {
    this.stopping.abort();
    this.pauses.stop();
    const patienceMs = Math.max(shortestPatienceMs, 3 * this.fullAnswerMs);
    const cancels = [...this.running].map(({ sentAt, abort }) => {
      const end = Math.min(until, sentAt + patienceMs);
      return this.clock.after(Math.max(0, end - this.clock.now()), () => abort.abort());
    });
    const endAll = () => this.running.forEach(({ abort }) => abort.abort());
    if (signal.aborted) endAll();
    signal.addEventListener("abort", endAll, { once: true });
    if (this.running.size > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
    cancels.forEach((cancel) => cancel());
  }

  private async poll({ sentAt, abort }: Poll, count: number): Promise<void> {
    this.polls += 1;
    this.reserved += count;
    try {
      const messages = await this.calls.receive(count, abort.signal);
      const now = this.clock.now();
      if (messages.length === count) this.fullAnswerMs = now - sentAt;
      this.succeeded(messages.length, count);
      this.reserved -= count;
      count = 0;
      this.onMessages(messages, now - this.pauses.since(sentAt));
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
