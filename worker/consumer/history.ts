import { UnavailableError } from "../job/errors";
import { backOffMs } from "./back-off";
import type { FinishedOutcome, Verdict } from "./finished-work";
import type { HeldMessage } from "./held-message";
import type { ConsumerParts } from "./options";

/** Tries to write finished work to the ledger before the delete is made without it. */
const ledgerTries = 3;

/** What happened to the messages so far: this process's own memory, and behind it the ledger. */
export class History {
  private readonly verdicts = new Memory<Verdict>();
  /** Deliveries that ended before the work had started, by message id. */
  private readonly unstarted = new Memory<number>();

  constructor(private readonly parts: Pick<ConsumerParts, "ledger" | "clock" | "log">) {}

  verdict(messageId: string): Verdict | undefined {
    return this.verdicts.get(messageId);
  }

  decide(messageId: string, verdict: Verdict): void {
    this.verdicts.set(messageId, verdict);
  }

  /** Earlier deliveries of a message to this process that ended before its work had started. */
  unstartedDeliveries(messageId: string): number {
    return this.unstarted.get(messageId) ?? 0;
  }

  /** A message that was delivered before may be finished by another process. */
  needsLookUp({ message }: HeldMessage): boolean {
    return (
      this.parts.ledger !== undefined &&
      message.receiveCount > 1 &&
      this.verdict(message.id) === undefined
    );
  }

  /** Asks the ledger. Returns the error, if it did not answer. */
  async lookUp(unknown: readonly HeldMessage[]): Promise<unknown> {
    try {
      const found = await this.parts.ledger?.find(unknown.map(({ message }) => message.id));
      for (const held of unknown) {
        const { outcome, unstarted = 0, starts } = found?.get(held.message.id) ?? {};
        held.unstartedBefore = Math.max(held.unstartedBefore, unstarted);
        if (!held.wasStarted) held.startsBefore = starts;
        if (outcome !== undefined) {
          this.decide(held.message.id, { outcome, deleteFailureCounted: false });
        }
      }
      return undefined;
    } catch (error) {
      if (error instanceof UnavailableError) return error;
      return new Error("the ledger of finished work could not be read", { cause: error });
    }
  }

  /** Whether another process has finished the message meanwhile. Asked before a dead letter: a kill or a lost lease may
   *  have ended attempts here whose work was done. */
  async isFinishedElsewhere(held: HeldMessage): Promise<boolean> {
    if (!this.needsLookUp(held)) return false;
    const error = await this.lookUp([held]);
    if (error !== undefined) {
      this.parts.log.warn({ err: error }, "the ledger could not be asked before a dead letter");
    }
    return this.verdict(held.message.id) !== undefined;
  }

  /** Remembers finished work, before the message is deleted. */
  async record({ message }: HeldMessage, outcome: FinishedOutcome, signal: AbortSignal) {
    const { ledger, clock, log } = this.parts;
    this.decide(message.id, { outcome, deleteFailureCounted: false });
    for (let tries = 1; ledger !== undefined; tries += 1) {
      try {
        await ledger.record(message.id, outcome);
        return;
      } catch (error) {
        if (tries >= ledgerTries) {
          const fields = { err: error, messageId: message.id };
          log.error(
            fields,
            "finished work could not be written to the ledger; the message is deleted anyway",
          );
          return;
        }
        await clock.sleep(backOffMs(tries, 200, 2000), signal);
      }
    }
  }

  /** Counts a start where the ledger can, before the work begins; -1 takes it back. */
  async countStart(messageId: string, change: 1 | -1): Promise<void> {
    try {
      await this.parts.ledger?.countStart?.(messageId, change);
    } catch (error) {
      const fields = { err: error, messageId };
      this.parts.log.warn(
        fields,
        "the ledger did not take a start; after a kill it is not counted",
      );
    }
  }

  /** Counts a delivery that ends before the work has started. */
  async recordUnstarted(messageId: string): Promise<void> {
    this.unstarted.set(messageId, this.unstartedDeliveries(messageId) + 1);
    try {
      await this.parts.ledger?.recordUnstarted(messageId);
    } catch (error) {
      this.parts.log.warn(
        { err: error, messageId },
        "the ledger did not take a delivery without a start; other workers count it as an attempt",
      );
    }
  }
}

/** Values by message id; the oldest is forgotten first. */
class Memory<Value> {
  private readonly byId = new Map<string, Value>();

  constructor(private readonly capacity = 50_000) {}

  get(messageId: string): Value | undefined {
    return this.byId.get(messageId);
  }

  set(messageId: string, value: Value): void {
    this.byId.delete(messageId);
    this.byId.set(messageId, value);
    if (this.byId.size > this.capacity) {
      for (const oldest of this.byId.keys()) {
        this.byId.delete(oldest);
        break;
      }
    }
  }
}
