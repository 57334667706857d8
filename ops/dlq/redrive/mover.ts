import type { SendMessageBatchRequestEntry } from "@aws-sdk/client-sqs";
import type { Leases } from "../leases";
import type { Letter } from "../letter";
import type { Queue } from "../queues";
import type { Settled } from "../repeat";
import { bytesOf, restored, type Content } from "../restore";
import { batchesOf } from "./batches";
import type { Pace } from "./pace";
import type { Sent, SentRecord } from "./sent-record";
import type { Tally } from "./tally";

/** A FIFO queue drops a repeated deduplication id for five minutes. Here it is less, so that a slow call does not matter. */
const surelyDroppedMs = 270_000;

export interface MoverParts {
  from: Queue;
  to: Queue;
  leases: Leases;
  record: SentRecord;
  tally: Tally;
  pace: Pace;
  /** The same would happen to every other message. */
  stop: (reason: string) => void;
}

const notHeld = "it was not hidden any more: this machine was too slow, or slept";

interface Prepared {
  letter: Letter;
  content: Content;
  bytes: number;
}

/** Sends letters, and deletes those that SQS has confirmed. */
export class Mover {
  constructor(private readonly parts: MoverParts) {}

  /** Resolves to those that are sent and deleted. What happened to the others is counted. */
  async move(letters: readonly Letter[]): Promise<Set<Letter>> {
    const { record } = this.parts;
    const isSent = ({ id }: Letter) => ["sent", "deleted"].includes(record.find(id)?.state ?? "");
    const done = await this.delete(letters.filter(isSent));
    const prepared = letters
      .filter((letter) => !isSent(letter))
      .flatMap((letter) => this.prepared(letter));
    for (const batch of batchesOf(prepared)) {
      const sent = await this.send(batch);
      for (const letter of await this.delete(sent)) done.add(letter);
    }
    return done;
  }

  /** Deletes what was sent. Resolves to those that are gone. */
  async delete(letters: readonly Letter[]): Promise<Set<Letter>> {
    const { from, leases, record, stop, tally } = this.parts;
    // SQS also says yes to the receipt of a letter that was received again, and then does not delete it.
    const held = new Set(letters.filter((letter) => leases.isHeld(letter)));
    const gone = new Set<Letter>();
    const confirmed: string[] = [];
    for (const { item: letter, fault, wasUncertain } of await from.delete(letters)) {
      // A repeated delete that finds nothing: the attempt before it has succeeded.
      const isGone = fault !== undefined && !fault.isTemporary && !fault.isForAll && wasUncertain;
      if (isGone || (fault === undefined && held.has(letter))) {
        const wasSentBefore = record.find(letter.id)?.isFromBefore ?? false;
        tally.hasMoved(letter, { wasSentBefore });
        leases.end(letter);
        gone.add(letter);
        if (fault === undefined) confirmed.push(letter.id);
      } else {
        tally.hasNotBeenDeleted(letter, fault?.reason ?? notHeld);
        if (fault?.isForAll === true) stop(`messages cannot be deleted: ${fault.reason}`);
      }
    }
    record.deleted(confirmed);
    return gone;
  }

  private prepared(letter: Letter): Prepared[] {
    try {
      const content = restored(letter);
      return [{ letter, content, bytes: bytesOf(content) }];
    } catch (error) {
      this.parts.tally.hasNotMoved(letter, error instanceof Error ? error.message : String(error));
      return [];
    }
  }

  private async send(batch: readonly Prepared[]): Promise<Letter[]> {
    const { pace, record, to } = this.parts;
    await pace.turn(batch.length);
    const held = this.stillHeld(batch);
    const ids = held.map(({ letter }) => letter.id);
    const former = new Map(ids.map((id) => [id, record.find(id)]));
    record.sending(ids);
    const all = await to.send(held, (one) => this.entryOf(one));
    const sent = all.filter(({ fault }) => fault === undefined);
    const refused = all.filter(
      ({ item, fault, wasUncertain }) =>
        fault !== undefined && !wasUncertain && former.get(item.letter.id) === undefined,
    );
    for (const one of all) this.count(one, former.get(one.item.letter.id));
    record.sent(sent.map(({ item }) => item.letter.id));
    record.refused(refused.map(({ item }) => item.letter.id));
    return sent.map(({ item }) => item.letter);
  }

  /** After a wait, or after this machine has slept, somebody else may have received it. */
  private stillHeld(batch: readonly Prepared[]): Prepared[] {
    return batch.filter(({ letter }) => {
      const isHeld = this.parts.leases.isHeld(letter);
      if (!isHeld) this.parts.tally.hasNotMoved(letter, notHeld);
      return isHeld;
    });
  }

  private count({ item, fault, wasUncertain }: Settled<Prepared>, former: Sent | undefined): void {
    const { stop, tally, to } = this.parts;
    const mayBeThere = wasUncertain || former !== undefined;
    if (fault === undefined) {
      const sinceMs = Date.now() - (former?.at.getTime() ?? Date.now());
      if (mayBeThere && !(to.isFifo && sinceMs < surelyDroppedMs)) tally.mayBeTwice();
      return;
    }
    const reason = mayBeThere ? `${fault.reason} (it may have been sent)` : fault.reason;
    tally.hasNotMoved(item.letter, reason);
    if (fault.isForAll) stop(`messages cannot be sent: ${fault.reason}`);
  }

  private entryOf({ letter, content }: Prepared): Omit<SendMessageBatchRequestEntry, "Id"> {
    const { groupId, id, traceHeader } = letter;
    return {
      MessageBody: content.body,
      MessageAttributes: content.attributes,
      ...(groupId !== undefined && { MessageGroupId: groupId }),
      ...(this.parts.to.isFifo && { MessageDeduplicationId: deduplicationId(id) }),
      ...(traceHeader !== undefined && {
        MessageSystemAttributes: {
          AWSTraceHeader: { DataType: "String", StringValue: traceHeader },
        },
      }),
    };
  }
}

/** One for each stay of a message in the dead-letter queue. A resumed run repeats it, so SQS drops the second copy. A
 *  message that fails again comes back with another id, so SQS never drops it for what was sent before. See decision 18. */
const deduplicationId = (letterId: string): string => `redrive-${letterId}`;
