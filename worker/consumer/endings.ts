import { UnavailableError } from "../job/errors";
import { queueName } from "./queue-name";
import { backOffMs, retryDelaySeconds } from "./back-off";
import { type FinishedOutcome, Verdicts } from "./finished-work";
import type { Heartbeat } from "./heartbeat";
import type { HeldMessage } from "./held-message";
import type { ConsumerOptions, ConsumerParts, Summary } from "./options";
import type { QueueCalls } from "./queue-calls";
import { Settlement } from "./settlement";
import { Tally } from "./tally";

/** Tries to write finished work to the ledger before the delete is made without it. */
const ledgerTries = 3;

/** Called by the endings. */
export interface EndingsListener {
  closed(held: HeldMessage): void;
  /** The next message of the same FIFO group may be worked on. */
  groupIsFree(held: HeldMessage): void;
}

/** Ends each message in exactly one way, and remembers how. */
export class Endings {
  private readonly verdicts = new Verdicts();
  private readonly settlement: Settlement;
  private readonly tally: Tally;
  private readonly over = new AbortController();

  constructor(
    private readonly options: ConsumerOptions,
    private readonly parts: ConsumerParts,
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

  /** A message that was handed out before may be finished by another process. */
  needsLookUp(held: HeldMessage): boolean {
    return (
      this.parts.ledger !== undefined &&
      held.message.receiveCount > 1 &&
      this.verdicts.get(held.message.id) === undefined
    );
  }

  /** Asks the ledger; the answer is the error, if it gave none. */
  async lookUp(unknown: HeldMessage[]): Promise<unknown> {
    try {
      const found = await this.parts.ledger?.find(unknown.map(({ message }) => message.id));
      found?.forEach((outcome, id) =>
        this.verdicts.set(id, { outcome, deleteFailureCounted: false }),
      );
      return undefined;
    } catch (error) {
      if (error instanceof UnavailableError) return error;
      return new Error("the ledger of finished work could not be read", { cause: error });
    }
  }

  /** Brings a message that is finished already to its end; false when there is work to do. */
  settleIfFinished(held: HeldMessage): boolean {
    const verdict = this.verdicts.get(held.message.id);
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

  async done(held: HeldMessage, files: number): Promise<void> {
    held.become("settling");
    this.parts.events.done(files);
    await this.remember(held, "done");
    this.listener.groupIsFree(held);
    await this.delete(held, "done");
  }

  async deadLetter(held: HeldMessage, reason: string): Promise<void> {
    held.become("settling");
    await this.sendToDeadLetters(held, reason);
  }

  /** The work did not finish, and the message is not the cause: others may receive it at once. After its
   *  last attempt the queue would dead-letter it without a reason, so it is dead-lettered here. */
  async giveBack(held: HeldMessage): Promise<void> {
    held.become("settling");
    if (held.attempt >= this.options.maxReceiveCount) {
      await this.sendToDeadLetters(
        held,
        `attempt ${held.attempt} of ${this.options.maxReceiveCount} did not finish: the worker stopped, or an outage lasted too long; the message is not known to be bad`,
      );
    } else {
      await this.makeVisible(held, 0);
    }
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
    const fields = { messageId: held.message.id, attempts: held.attempt, reason };
    if (await this.settlement.sendToDeadLetters(held, reason, this.over.signal)) {
      log.warn(fields, "message dead-lettered");
      events.deadLettered(held.message);
      await this.remember(held, "dead-lettered");
      this.listener.groupIsFree(held);
      await this.delete(held, "dead-lettered");
    } else {
      log.error(fields, "the dead-letter queue does not accept the message; it stays in its queue");
      this.verdicts.set(held.message.id, { outcome: "failed", reason });
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
    let receipt: string;
    let deleted: boolean;
    do {
      receipt = held.lease.receipt;
      deleted = await this.settlement.delete(held, this.over.signal);
      // Received again in that time: the result of the older receipt proves nothing.
    } while (held.lease.receipt !== receipt && !this.over.signal.aborted);
    if (deleted && this.isOurs(held)) {
      if (outcome === "done" && held.message.sentAt !== undefined) {
        events.settled(Math.max(0, clock.wall() - held.message.sentAt.getTime()) / 1000);
      }
      this.end(held, outcome === "done" ? "done" : "deadLettered");
    } else if (deleted) {
      // SQS accepts a stale receipt without an error and may not delete; if the message is received
      // again, the verdict deletes it. So it is unknown whether the delete worked.
      this.verdicts.set(held.message.id, { outcome, deleteFailureCounted: true });
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
    const verdict = this.verdicts.get(held.message.id);
    if (verdict === undefined || verdict.outcome === "failed" || verdict.deleteFailureCounted) {
      return;
    }
    this.verdicts.set(held.message.id, { ...verdict, deleteFailureCounted: true });
    this.parts.events.deleteFailed();
    this.parts.log.error({ messageId: held.message.id }, text);
  }

  private async remember(held: HeldMessage, outcome: FinishedOutcome): Promise<void> {
    const { ledger, clock, log } = this.parts;
    this.verdicts.set(held.message.id, { outcome, deleteFailureCounted: false });
    for (let tries = 1; ledger !== undefined; tries += 1) {
      try {
        await ledger.record(held.message.id, outcome);
        return;
      } catch (error) {
        if (tries >= ledgerTries) {
          const fields = { err: error, messageId: held.message.id };
          log.error(
            fields,
            "finished work could not be written to the ledger; the message is deleted anyway",
          );
          return;
        }
        await clock.sleep(backOffMs(tries, 200, 2000), this.over.signal);
      }
    }
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
