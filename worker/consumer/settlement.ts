import type { Log } from "../job/log";
import { backOffMs } from "./back-off";
import { Batcher } from "./batcher";
import type { Clock } from "./clock";
import { deadLetterForms } from "./dead-letter";
import type { HeldMessage } from "./held-message";
import { EntryRefusedError, type QueueCalls } from "./queue-calls";

/** Tries of one delete or send before it has failed: about three seconds with the back-off. */
const maxTries = 6;

/** The three calls that end a message, each retried with back-off. The answer says whether it
 *  succeeded; nothing here throws. */
export class Settlement {
  private readonly deletes: Batcher<string>;
  private readonly releases: Batcher<{ receipt: string; seconds: number }>;

  constructor(
    private readonly clock: Clock,
    private readonly calls: QueueCalls,
    private readonly log: Log,
    private readonly queues: { sourceName: string; deadLetterUrl: string },
    deleteLingerMs: () => number,
  ) {
    this.deletes = new Batcher(clock, (receipts) => calls.delete(receipts), deleteLingerMs);
    this.releases = new Batcher(clock, (batch) => calls.changeVisibility(batch, "settle"));
  }

  delete(held: HeldMessage, signal: AbortSignal): Promise<boolean> {
    return this.persist("delete", held, signal, () => this.deletes.add(held.lease.receipt));
  }

  /** Makes the message visible again after `seconds`. Should that fail, its lease ends by itself. */
  async release(held: HeldMessage, seconds: number, signal: AbortSignal): Promise<boolean> {
    held.become("releasing");
    await held.lease.extensionUnderWay;
    return this.persist("release", held, signal, () =>
      this.releases.add({ receipt: held.lease.receipt, seconds }),
    );
  }

  /** Sends the message to the dead-letter queue, in the fullest form the queue takes. */
  async sendToDeadLetters(
    held: HeldMessage,
    reason: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { message } = held;
    const letter = {
      message,
      reason,
      source: this.queues.sourceName,
      attempts: Math.max(held.attempt, 1),
    };
    for (const form of deadLetterForms(letter, this.queues.deadLetterUrl)) {
      let tooLarge = false;
      const sent = await this.persist(
        "send to the dead-letter queue",
        held,
        signal,
        async () => {
          try {
            await this.calls.send(form);
          } catch (error) {
            tooLarge = isTooLarge(error);
            throw error;
          }
        },
        () => tooLarge,
      );
      if (sent || !tooLarge) {
        return sent;
      }
    }
    return false;
  }

  /** Sends the deletes that wait for others. */
  flush(): void {
    this.deletes.flush();
  }

  private async persist(
    what: string,
    held: HeldMessage,
    signal: AbortSignal,
    attempt: () => Promise<void>,
    isHopeless: (error: unknown) => boolean = isRefusedForGood,
  ): Promise<boolean> {
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        await attempt();
        return true;
      } catch (error) {
        const givesUp = tries >= maxTries || isHopeless(error);
        const fields = { err: error, messageId: held.message.id, tries };
        if (givesUp) {
          this.log.error(fields, `the ${what} failed and is not tried again`);
          return false;
        }
        if (tries === 1) {
          this.log.warn(fields, `the ${what} failed; trying again`);
        }
        await this.clock.sleep(backOffMs(tries, 100, 5000), signal);
      }
    }
    return false;
  }
}

/** SQS refused this entry for what it is, which another try does not change. */
function isRefusedForGood(error: unknown): boolean {
  return error instanceof EntryRefusedError && error.isOurFault;
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && /shorter than|too long|larger than|exceed/i.test(error.message);
}
