import type { FileCounts } from "../job/processor";
import { queueName } from "./queue-name";
import { retryDelaySeconds } from "./back-off";
import type { FinishedOutcome } from "./finished-work";
import type { Heartbeat } from "./heartbeat";
import type { HeldMessage } from "./held-message";
import type { History } from "./history";
import type { ConsumerOptions, ConsumerParts, Summary } from "./options";
import type { QueueCalls } from "./queue-calls";
import { Settlement } from "./settlement";
import { Tally } from "./tally";

/** Called by the endings. */
export interface EndingsListener {
  closed(held: HeldMessage): void;
  /** The next message of the same FIFO group may be worked on. */
  groupIsFree(held: HeldMessage): void;
}

/** Ends each message in exactly one way, and remembers how. */
export class Endings {
  private readonly settlement: Settlement;
  private readonly tally: Tally;
  private readonly over = new AbortController();

  constructor(
    private readonly options: ConsumerOptions,
    private readonly parts: ConsumerParts,
    private readonly history: History,
    calls: QueueCalls,
    deleteLingerMs: () => number,
    private readonly held: Map<string, HeldMessage>,
    private readonly listener: EndingsListener,
  ) {
    const queues = {
      sourceName: queueName(options.queueUrl),
      deadLetterUrl: options.deadLetterQueueUrl,
    };
    this.settlement = new Settlement(parts.clock, calls, parts.log, queues, deleteLingerMs);
    this.tally = new Tally(() => held.size);
  }

  /** Brings a message that is finished already to its end; false when there is work to do. */
  settleIfFinished(held: HeldMessage): boolean {
    const verdict = this.history.verdict(held.message.id);
    if (verdict === undefined) {
      return false;
    }
    held.become("settling");
    if (verdict.outcome === "failed") {
      void this.sendToDeadLetters(held, verdict.reason);
    } else {
      this.countDeleteFailure(
        held,
        "a finished message was received again; it is deleted and not processed again",
      );
      void this.delete(held, verdict.outcome);
    }
    return true;
  }

  async done(held: HeldMessage, files: FileCounts): Promise<void> {
    held.become("settling");
    this.parts.events.done(files);
    await this.history.record(held, "done", this.over.signal);
    this.listener.groupIsFree(held);
    await this.delete(held, "done");
  }

  async deadLetter(held: HeldMessage, reason: string): Promise<void> {
    held.become("settling");
    await this.sendToDeadLetters(held, reason);
  }

  /** The work did not finish, and the message is not the cause: others may receive it at once. After its last
   *  delivery the queue would dead-letter it without a reason, so it is dead-lettered here. */
  async giveBack(held: HeldMessage): Promise<void> {
    const { maxReceiveCount } = this.options;
    const { id, receiveCount } = held.message;
    const isUnstarted = !held.wasStarted;
    held.become("settling");
    if (receiveCount >= maxReceiveCount) {
      const what = isUnstarted
        ? `it was delivered ${receiveCount} times, and the last time its work did not start`
        : `attempt ${held.attempt} of ${maxReceiveCount} did not finish`;
      await this.sendToDeadLetters(
        held,
        `${what}: the worker stopped, or an outage lasted too long; the message is not known to be bad`,
      );
      return;
    }
    if (isUnstarted) {
      await this.history.recordUnstarted(id);
    }
    await this.makeVisible(held, 0);
  }

  async release(held: HeldMessage, seconds: number): Promise<void> {
    held.become("settling");
    await this.makeVisible(held, seconds);
  }

  flush(): void {
    this.settlement.flush();
  }

  /** Waits until no message is open, or for the time, or the signal. */
  async allOr(until: number, signal?: AbortSignal): Promise<void> {
    const over = new AbortController();
    const signals = signal === undefined ? [over.signal] : [over.signal, signal];
    await Promise.race([
      this.tally.whenNoneIsOpen(),
      this.parts.clock.sleep(Math.max(0, until - this.parts.clock.now()), AbortSignal.any(signals)),
    ]);
    over.abort();
  }

  /** Nothing is retried any more; what is open now stays unsettled. */
  close(heartbeat: Heartbeat): Summary {
    this.over.abort();
    heartbeat.stop();
    return this.tally.summary();
  }

  private async sendToDeadLetters(held: HeldMessage, reason: string): Promise<void> {
    const { log, events } = this.parts;
    if (!this.isOurs(held)) {
      this.lose(held);
      return;
    }
    if (await this.history.isFinishedElsewhere(held)) {
      this.settleIfFinished(held);
      return;
    }
    const fields = { messageId: held.message.id, attempts: held.attempt, reason };
    if (await this.settlement.sendToDeadLetters(held, reason, this.over.signal)) {
      log.warn(fields, "message dead-lettered");
      events.deadLettered(held.message);
      await this.history.record(held, "dead-lettered", this.over.signal);
      this.listener.groupIsFree(held);
      await this.delete(held, "dead-lettered");
    } else {
      log.error(fields, "the dead-letter queue does not accept the message; it stays in its queue");
      events.deadLetterFailed();
      this.history.decide(held.message.id, { outcome: "failed", reason });
      const { visibilityTimeoutSeconds } = this.options;
      await this.makeVisible(held, retryDelaySeconds(held.attempt, visibilityTimeoutSeconds));
    }
  }

  private async makeVisible(held: HeldMessage, seconds: number): Promise<void> {
    if (this.isOurs(held)) {
      await this.settlement.release(held, seconds, this.over.signal);
      this.listener.groupIsFree(held);
      this.end(held, "released");
    } else {
      this.lose(held);
    }
  }

  private async delete(held: HeldMessage, outcome: FinishedOutcome): Promise<void> {
    const { clock, events, log } = this.parts;
    const deleted = await this.settlement.delete(held, this.over.signal, () =>
      this.countDeleteFailure(held, "a finished message cannot be deleted; it is tried again"),
    );
    if (deleted && this.isOurs(held)) {
      if (outcome === "done" && held.message.sentAt !== undefined) {
        events.settled(Math.max(0, clock.wall() - held.message.sentAt.getTime()) / 1000);
      }
      this.end(held, outcome === "done" ? "done" : "deadLettered");
    } else if (deleted) {
      // SQS accepts a stale receipt without an error and may not delete; if the message is received
      // again, the verdict deletes it. So it is unknown whether the delete worked.
      this.history.decide(held.message.id, { outcome, deleteFailureCounted: true });
      log.warn(
        { messageId: held.message.id, outcome },
        "a message was finished after its lease had run out",
      );
      this.end(held, "leaseLost");
    } else {
      this.countDeleteFailure(
        held,
        "a finished message could not be deleted; it is deleted when it is received again",
      );
      this.end(held, "undeleted");
    }
  }

  private countDeleteFailure(held: HeldMessage, text: string): void {
    const verdict = this.history.verdict(held.message.id);
    if (verdict === undefined || verdict.outcome === "failed" || verdict.deleteFailureCounted) {
      return;
    }
    this.history.decide(held.message.id, { ...verdict, deleteFailureCounted: true });
    this.parts.events.deleteFailed();
    this.parts.log.error({ messageId: held.message.id }, text);
  }

  private isOurs(held: HeldMessage): boolean {
    return held.lease.isOurs(this.parts.clock.now());
  }

  private lose(held: HeldMessage): void {
    this.parts.log.warn(
      { messageId: held.message.id },
      "the lease of a message ran out before it was settled; the queue delivers it again",
    );
    this.listener.groupIsFree(held);
    this.end(held, "leaseLost");
  }

  private end(held: HeldMessage, outcome: Parameters<Tally["count"]>[0]): void {
    held.become("settled");
    this.held.delete(held.message.id);
    this.listener.closed(held);
    this.tally.count(outcome);
  }
}
