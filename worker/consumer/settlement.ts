import type { Log } from "../job/log";
import { backOffMs } from "./back-off";
import { Batcher } from "./batcher";
import type { Clock } from "./clock";
import { deadLetterForms } from "./dead-letter";
import type { HeldMessage } from "./held-message";
import { EntryRefusedError, type QueueCalls } from "./queue-calls";

/** Tries until a call counts as failed: about three seconds with the back-off. */
const triesToFail = 6;

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

  /** Tries as long as the message is ours. `onFailing` is called once if that does not succeed soon. */
  delete(held: HeldMessage, signal: AbortSignal, onFailing: () => void): Promise<boolean> {
    return this.untilReceiptHolds(held, signal, (receipt) =>
      this.persist("delete", held, signal, () => this.deletes.add(receipt), {
        mayGoOn: () => this.isOurs(held) && held.lease.receipt === receipt,
        onFailing,
      }),
    );
  }

  /** Makes the message visible again after `seconds`. Tries as long as its lease lasts. */
  async release(held: HeldMessage, seconds: number, signal: AbortSignal): Promise<boolean> {
    held.become("releasing");
    await held.lease.extensionUnderWay;
    return this.untilReceiptHolds(held, signal, (receipt) =>
      this.persist("release", held, signal, () => this.releases.add({ receipt, seconds }), {
        mayGoOn: () => this.isOurs(held) && held.lease.receipt === receipt,
      }),
    );
  }

  /** Sends the message to the dead-letter queue, in the fullest form that the queue accepts. */
  async sendToDeadLetters(
    held: HeldMessage,
    reason: string,
    signal: AbortSignal,
  ): Promise<boolean> {
    const letter = {
      message: held.message,
      reason,
      source: this.queues.sourceName,
      attempts: Math.max(held.attemptsMade, 1),
    };
    for await (const form of deadLetterForms(letter, this.queues.deadLetterUrl)) {
      let tooLarge = false;
      const sent = await this.persist(
        "send to the dead-letter queue",
        held,
        signal,
        async () => {
          try {
            await this.calls.send(form);
          } catch (error) {
            tooLarge = mayBeTooLarge(error);
            throw error;
          }
        },
        { mayGoOn: (tries) => !tooLarge && tries < triesToFail },
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

  /** If the message was received again meanwhile, the result for the older receipt proves nothing, and the newer
   *  delivery stays hidden: the call is repeated. */
  private async untilReceiptHolds(
    held: HeldMessage,
    signal: AbortSignal,
    call: (receipt: string) => Promise<boolean>,
  ): Promise<boolean> {
    let receipt: string;
    let succeeded: boolean;
    do {
      receipt = held.lease.receipt;
      succeeded = await call(receipt);
    } while (held.lease.receipt !== receipt && !signal.aborted);
    return succeeded;
  }

  private async persist(
    what: string,
    held: HeldMessage,
    signal: AbortSignal,
    attempt: () => Promise<void>,
    options: { mayGoOn: (tries: number) => boolean; onFailing?: () => void },
  ): Promise<boolean> {
    for (let tries = 1; !signal.aborted; tries += 1) {
      try {
        await attempt();
        return true;
      } catch (error) {
        const fields = { err: error, messageId: held.message.id, tries };
        if (isRefusedForGood(error) || !options.mayGoOn(tries)) {
          this.log.error(fields, `the ${what} failed and is not tried again`);
          return false;
        }
        if (tries === 1) {
          this.log.warn(fields, `the ${what} failed; trying again`);
        }
        if (tries === triesToFail) options.onFailing?.();
        await this.clock.sleep(backOffMs(tries, 100, 5000), signal);
      }
    }
    return false;
  }

  private isOurs(held: HeldMessage): boolean {
    return held.lease.isOurs(this.clock.now());
  }
}

/** SQS refused this entry for what it is, which another try does not change. */
function isRefusedForGood(error: unknown): boolean {
  return error instanceof EntryRefusedError && error.isOurFault;
}

/** SQS has no code of its own for a message that is too large. With these codes it refuses what is in the request.
 *  Source: SQS API reference, "Common errors"; the AWS query and the JSON protocol have different names. */
const refusedContents = ["InvalidParameterValue", "InvalidParameterValueException"];

const mayBeTooLarge = (error: unknown): boolean =>
  error instanceof Error && refusedContents.includes(error.name);
